// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// node room.mjs KIT URL KEY TOKEN VSN: Supabase's own client in a room. The lines on standard input and output are those of
// room.c, which says what they mean; KIT has node_modules.
import path from 'node:path';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const [kit, url, key, token, vsn] = process.argv.slice (2);
const need = createRequire (path.resolve (kit, 'package.json'));
const { RealtimeClient } = need ('@supabase/realtime-js');
const client = new RealtimeClient (`${url.replace ('http', 'ws')}/realtime/v1`, {
  transport: need ('ws'), params: { apikey: key }, vsn, timeout: 20000,
});
const channels = new Map ();

function say (what) {
  console.log (JSON.stringify (what));
}

function contents ({ payload }) {
  return payload instanceof ArrayBuffer ? { base64: Buffer.from (payload).toString ('base64') } : { payload };
}

function join ({ join: topic, private: is_private = false, ack = false, self = false, key = '', since, changes }) {
  const broadcast = { ack, self, ...(since ? { replay: { since } } : {}) };
  const channel = client.channel (topic, { config: { private: is_private, broadcast, presence: { key, enabled: key !== '' } } });

  channels.set (topic, channel);
  channel.on ('broadcast', { event: '*' }, message => {
    say ({ heard: message.event, topic, ...contents (message), ...(message.meta?.replayed ? { replayed: true } : {}) });
  });
  if (key !== '')
    channel.on ('presence', { event: 'sync' }, () => say ({ members: Object.keys (channel.presenceState ()).sort () }));
  if (changes) {
    channel.on ('postgres_changes', { event: '*', schema: 'public', table: changes }, change => {
      say ({ changed: change.table, type: change.eventType, name: change.new.name });
    });
    channel.on ('system', {}, ({ extension, status }) => {
      if (extension === 'postgres_changes' && status === 'ok')
        say ({ ready: topic });
    });
  }
  channel.subscribe ((status, error) => {
    if (status === 'SUBSCRIBED')
      say ({ joined: topic });
    else if (status !== 'CLOSED')
      say ({ refused: topic, error: String (error?.message) });
  });
}

async function take (command) {
  const channel = channels.get (command.send ?? command.post ?? command.track ?? command.leave);

  if (command.join) {
    join (command);
  } else if (command.send) {
    const payload = command.base64 ? new Uint8Array (Buffer.from (command.base64, 'base64')).buffer : command.payload;
    say ({ sent: await channel.send ({ type: 'broadcast', event: command.event, payload }) === 'ok' });
  } else if (command.post) {
    say ({ sent: (await channel.httpSend (command.event, command.payload)).success });
  } else if (command.track) {
    await channel.track (command.payload);
  } else if (command.leave) {
    await channel.unsubscribe ();
  }
}

await client.setAuth (token);
readline.createInterface ({ input: process.stdin }).on ('line', line => take (JSON.parse (line)))
  .on ('close', () => process.exit (0));
say ('ready');
