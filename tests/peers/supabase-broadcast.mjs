// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';

import { Person, Raw, refused, within } from './supabase-kit.mjs';

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

async function joins (server) {
  const raw = await Raw.open (server);
  const wire = 'realtime:c2';
  raw.send (['6', '6', wire, 'phx_join', { config: { broadcast: { self: false, ack: false }, presence: { enabled: true, key: '' },
                                                     postgres_changes: [], private: false } }]);
  const reply = await raw.next ('a reply');
  assert.deepEqual ([reply.join_ref, reply.ref, reply.topic, reply.event, reply.payload.status],
                    ['6', '6', wire, 'phx_reply', 'ok']);
  assert.deepEqual (await raw.next ('a state'),
                    { kind: 'text', join_ref: '6', ref: null, topic: wire, event: 'presence_state', payload: {} });
  const person = new Person (server);
  await person.subscribe ('c2', { presence: { enabled: true } });
  const state = await person.event ('c2', 'presence_state');
  assert.deepEqual (state.payload, {});
  assert.notEqual (state.join_ref, null);
}

async function echoes_changes (server) {
  const asked = [{ event: 'UPDATE', schema: 'public', table: 'elements', filter: 'id=eq.x' },
                 { event: '*', schema: 'public', table: 'projects' }, { event: 'INSERT', schema: 'public', table: 'projects' }];
  const raw = await Raw.open (server);
  assert.deepEqual ((await raw.join ('1', 'c3')).payload.response.postgres_changes, []);
  const { response } = (await raw.join ('2', 'c3b', { postgres_changes: asked })).payload;
  assert.deepEqual (response.postgres_changes.map (({ id, ...rest }) => rest), asked);
  assert.ok (response.postgres_changes.every (({ id }) => Number.isInteger (id) && id >= 0 && id < 2 ** 27));
  const person = new Person (server);
  await person.subscribe ('c3', {}, channel => asked.forEach (filter => channel.on ('postgres_changes', filter, () => {})));
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

async function passes_bytes (server) {
  const [a, b, old] = [new Person (server), new Person (server), new Person (server, { vsn: '1.0.0' })];
  const channel = await a.subscribe ('c6', broadcast (false, true));
  let hear;
  const heard = new Promise (resolve => { hear = resolve; });
  await b.subscribe ('c6', {}, at => at.on ('broadcast', { event: 'e' }, hear));
  await old.subscribe ('c6');
  assert.equal (await channel.send ({ type: 'broadcast', event: 'e', payload: new Uint8Array ([0, 137, 255]).buffer }), 'ok');
  assert.deepEqual ([...new Uint8Array ((await within (heard, 'bytes')).payload)], [0, 137, 255]);
  const frame = await b.event ('c6', 'e');
  assert.deepEqual ([frame.kind, frame.encoding], [4, 0]);
  old.frames = old.frames.filter (({ event }) => event !== 'phx_reply');
  await old.nothing ('c6');
}

async function passes_text (server) {
  const [old, b] = [new Person (server, { vsn: '1.0.0' }), new Person (server)];
  const channel = await old.subscribe ('c7', broadcast (false, true));
  await b.subscribe ('c7');
  assert.equal (await channel.send ({ type: 'broadcast', event: 'e', payload: { deep: [[1.5, null]] }, extra: 'kept' }), 'ok');
  const frame = await b.event ('c7', 'broadcast');
  assert.deepEqual (frame, { kind: 'text', join_ref: null, ref: null, topic: 'realtime:c7', event: 'broadcast',
                             payload: { type: 'broadcast', event: 'e', payload: { deep: [[1.5, null]] }, extra: 'kept' } });
}

async function shows_presence (server) {
  const [a, b] = [new Person (server), new Person (server)];
  const config = key => ({ presence: { enabled: true, key } });
  const seen = await a.subscribe ('c8', config ('alice'));
  const channel = await b.subscribe ('c8', config ('bob'));
  const diff = async () => (await a.event ('c8', 'presence_diff')).payload;

  assert.equal (await channel.track ({ n: 1 }), 'ok');
  const first = await diff ();
  const { phx_ref } = first.joins.bob.metas[0];
  assert.deepEqual (first, { joins: { bob: { metas: [{ phx_ref, n: 1 }] } }, leaves: {} });
  assert.deepEqual (seen.presenceState ().bob.map (({ n }) => n), [1]);

  assert.equal (await channel.track ({ n: 2 }), 'ok');
  const second = await diff ();
  const meta = second.joins.bob.metas[0];
  assert.deepEqual (meta, { phx_ref: meta.phx_ref, phx_ref_prev: phx_ref, n: 2 });
  assert.notEqual (meta.phx_ref, phx_ref);
  assert.deepEqual (second.leaves, first.joins);

  assert.equal (await channel.untrack (), 'ok');
  const third = await diff ();
  assert.deepEqual ([third.joins, third.leaves.bob.metas[0].phx_ref], [{}, meta.phx_ref]);
}

async function notices_absence (server) {
  const [person, raw] = [new Person (server), await Raw.open (server)];
  await raw.join ('1', 'c9', { presence: { enabled: true, key: 'gone' } });
  raw.push ('1', 'c9', 'presence', { type: 'presence', event: 'track', payload: { n: 1 } });
  await raw.event ('c9', 'presence_diff');
  await person.subscribe ('c9', { presence: { enabled: true, key: 'here' } });
  assert.deepEqual (Object.keys ((await person.event ('c9', 'presence_state')).payload), ['gone']);
  raw.socket.terminate ();
  assert.deepEqual (Object.keys ((await person.event ('c9', 'presence_diff')).payload.leaves), ['gone']);
}

export const broadcast_checks = [
  ['A1: it connects and nothing is negotiated; no key: 401; version 3.0.0: 403', connects],
  ['A2: a join without a token: the reply, then the presence state', joins],
  ['A3: postgres_changes come back in the join reply, in order, with ids', echoes_changes],
  ['A4: JSON with ack: kind 4 for the others, a text reply for the sender', acknowledges],
  ['A5: self', hears_itself],
  ['A6: bytes reach 2.0.0 as they are and 1.0.0 not at all', passes_bytes],
  ['A7: text of a 1.0.0 peer is passed on verbatim', passes_text],
  ['A8: track, changed track, untrack: each in one diff', shows_presence],
  ['A9: who is cut off is absent at once', notices_absence],
];
