// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';

import { Person, Raw, Server, kind3, within } from './supabase-kit.mjs';

const SILENCE = 60000;

// A minute passes while the other checks run.
export async function start_waiting (server) {
  const raw = await Raw.open (server);
  await raw.join ('1', 'c19');
  const start = Date.now ();
  const end = raw.closed.then (code => ({ code, after: Date.now () - start }));
  return { end };
}

async function limits_presence (_, { limited }) {
  const person = new Person (limited);
  const channel = await person.subscribe ('c17', { presence: { enabled: true, key: 'k' } });
  for (let n = 0; n < 5; n++)
    assert.equal (await channel.track ({ n }), 'ok');
  channel.track ({ n: 5 });
  const system = await person.event ('c17', 'system');
  assert.deepEqual (system.payload, { message: 'Client presence rate limit exceeded', status: 'error', extension: 'system', channel: 'c17' });
  await person.event ('c17', 'phx_close');
}

async function ends_silence (_, { waiting }) {
  const { code, after } = await within (waiting.end, 'the end of a silent socket', 90000);
  assert.equal (code, 1000);
  assert.ok (after >= SILENCE - 1000 && after < SILENCE + 15000, `after ${after} ms`);

  const server = await Server.start ();
  const person = new Person (server);
  await person.subscribe ('c19');
  const closed = person.closed;
  await server.stop ();
  const system = await person.event ('c19', 'system');
  assert.deepEqual (system.payload, { extension: 'system', status: 'ok', message: 'Server requested disconnect' });
  assert.equal (await within (closed, 'the close'), 1012);
  person.client.realtime.disconnect ();
}

async function passes_large (server) {
  const [a, b] = [new Person (server), new Person (server)];
  const channel = await a.subscribe ('c20', { broadcast: { ack: true, self: false } });
  await b.subscribe ('c20');
  assert.equal (await channel.send ({ type: 'broadcast', event: 'e', payload: new ArrayBuffer (4999900) }), 'ok');
  assert.ok (a.said.at (-1).byteLength <= 5000000);
  assert.equal ((await b.event ('c20', 'e')).payload.length, 4999900);

  const raw = await Raw.open (server);
  await raw.join ('1', 'c20');
  const head = kind3 ('1', '2', 'realtime:c20', 'e', 0, '').length;
  raw.send (kind3 ('1', '2', 'realtime:c20', 'e', 0, Buffer.alloc (5000000 - head, 1)));
  assert.equal ((await b.event ('c20', 'e')).payload.length, 5000000 - head);
  raw.send (kind3 ('1', '2', 'realtime:c20', 'e', 0, Buffer.alloc (5000001 - head, 1)));
  raw.socket.on ('error', () => {});
  assert.ok ([1006, 1009].includes (await within (raw.closed, 'the close')));
}

export const limit_checks = [
  ['A17: the sixth presence call in 30 s closes the channel', limits_presence],
  ['A20: frames of 5,000,000 bytes pass, one byte more does not', passes_large],
  ['A19: a minute of silence: 1000; drain: a system message, then 1012', ends_silence],
];
