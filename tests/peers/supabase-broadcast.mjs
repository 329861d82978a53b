// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';

import { Person, refused } from './supabase-kit.mjs';

const broadcast = (self, ack) => ({ broadcast: { self, ack } });

async function connects (server) {
  const person = new Person (server);
  await person.subscribe ('c1');
  assert.equal (person.socket.extensions, '');
  assert.equal (person.socket.protocol, '');
  assert.match (person.socket.url, /[?&]apikey=ey.*&vsn=2\.0\.0/);
  const keyless = await refused (server, 'vsn=2.0.0');
  assert.equal (keyless.status, 401);
  assert.deepEqual (JSON.parse (keyless.body), { error: 'API key is missing' });
  assert.deepEqual (await refused (server, `vsn=3.0.0&apikey=${server.anon}`), { status: 403, body: '' });
}

async function acknowledges (server) {
  const [a, b] = [new Person (server), new Person (server)];
  const channel = await a.subscribe ('c4', broadcast (false, true));
  await b.subscribe ('c4');
  assert.equal (await channel.send ({ type: 'broadcast', event: 'e', payload: { x: 1, s: 'é☃😀' } }), 'ok');
  const heard = await b.event ('c4', 'e');
  assert.deepEqual ([heard.kind, heard.encoding, heard.metadata, heard.payload.toString ()],
                    [4, 1, '', '{"x":1,"s":"é☃😀"}']);
  const reply = a.frames.find (frame => frame.event === 'phx_reply' && frame.ref !== frame.join_ref);
  assert.deepEqual ([reply.kind, typeof reply.ref, typeof reply.join_ref, reply.payload],
                    ['text', 'string', 'string', { status: 'ok', response: {} }]);
}

async function hears_itself (server) {
  const person = new Person (server);
  const own = await person.subscribe ('c5', broadcast (true, true));
  const other = await person.subscribe ('c5b', broadcast (false, true));
  assert.equal (await own.send ({ type: 'broadcast', event: 'e', payload: { x: 1 } }), 'ok');
  assert.equal ((await person.event ('c5', 'e')).kind, 4);
  assert.equal (await other.send ({ type: 'broadcast', event: 'e', payload: { x: 1 } }), 'ok');
  assert.ok (!person.frames.some (frame => frame.kind === 4));
}

export const broadcast_checks = [
  ['A1: it connects and nothing is negotiated; no key: 401; version 3.0.0: 403', connects],
  ['A4: JSON with ack: kind 4 for the others, a text reply for the sender', acknowledges],
  ['A5: self', hears_itself],
];
