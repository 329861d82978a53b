// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// node realtime.mjs KIT URL KEY TOKEN: Supabase's own client. A command of JSON a line from standard input, what happens a
// line of JSON on standard output. KIT has node_modules.
//   {"join":TOPIC,"ack":…,"self":…}   says {"status":…,"topic":…} each time that it changes, then {"heard":EVENT,"payload":…}
//   {"send":TOPIC,"event":…,"payload":… or "base64":…}   says {"sent":…}
//   {"leave":TOPIC}                   says {"left":…}
import path from 'node:path';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const [kit, url, key, token] = process.argv.slice (2);
const need = createRequire (path.resolve (kit, 'package.json'));
const { RealtimeClient } = need ('@supabase/realtime-js');
const WebSocket = need ('ws');
const client = new RealtimeClient (`${url.replace ('http', 'ws')}/realtime/v1`, {
  transport: WebSocket, params: { apikey: key }, vsn: '2.0.0', timeout: 20000, reconnectAfterMs: () => 200,
});
const channels = new Map ();

function say (what) {
  console.log (JSON.stringify (what));
}

function payload_of (message) {
  const bytes = message instanceof ArrayBuffer ? new Uint8Array (message) : ArrayBuffer.isView (message) ? message : null;
  return bytes ? { base64: Buffer.from (bytes).toString ('base64') } : { payload: message };
}

function join ({ join: topic, ack = false, self = false }) {
  const channel = client.channel (topic, { config: { private: true, broadcast: { ack, self } } });
  channels.set (topic, channel);
  channel.on ('broadcast', { event: '*' }, message => say ({ heard: message.event, topic, ...payload_of (message.payload) }));
  channel.subscribe ((status, error) => say ({ status, topic, error: error?.message }));
}

async function take (command) {
  if (command.join) {
    join (command);
  } else if (command.send) {
    const payload = command.base64 ? new Uint8Array (Buffer.from (command.base64, 'base64')).buffer : command.payload;
    say ({ sent: await channels.get (command.send).send ({ type: 'broadcast', event: command.event, payload }) });
  } else if (command.leave) {
    say ({ left: await channels.get (command.leave).unsubscribe () });
  }
}

await client.setAuth (token);
readline.createInterface ({ input: process.stdin }).on ('line', line => take (JSON.parse (line)))
  .on ('close', () => process.exit (0));
say ('ready');
