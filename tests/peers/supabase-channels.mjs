// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';

import { Person, Raw, board, deadline, kind3, within } from './supabase-kit.mjs';

const text = (join_ref, ref, topic, event, payload) => ({ kind: 'text', join_ref, ref, topic: `realtime:${topic}`, event, payload });
const ok = { status: 'ok', response: {} };

async function joins_twice (server) {
  const raw = await Raw.open (server);
  await raw.join ('5', 'c10');
  raw.send (['6', '6', 'realtime:c10', 'phx_join', { config: {} }]);
  const reply = await raw.next ('the second reply');
  assert.deepEqual ([reply.join_ref, reply.ref, reply.payload.status], ['6', '6', 'ok']);
  assert.deepEqual (await raw.next ('the close of the first'), text ('5', '5', 'c10', 'phx_close', {}));
}

async function leaves (server) {
  const raw = await Raw.open (server);
  await raw.join ('1', 'c11');
  raw.send (['1', '2', 'realtime:c11', 'phx_leave', {}]);
  assert.deepEqual (await raw.next ('a reply'), text ('1', '2', 'c11', 'phx_reply', ok));
  assert.deepEqual (await raw.next ('a close'), text ('1', '1', 'c11', 'phx_close', {}));
  raw.send ([null, '3', 'realtime:never', 'phx_leave', {}]);
  assert.deepEqual (await raw.next ('a reply'), text (null, '3', 'never', 'phx_reply', ok));
  const person = new Person (server);
  const channel = await person.subscribe ('c11');
  assert.equal (await channel.unsubscribe (), 'ok');
}

async function ignores (server) {
  const raw = await Raw.open (server);
  raw.send ([null, '1', 'realtime:none', 'broadcast', {}]);
  assert.deepEqual (await raw.next ('a refusal'), text (null, '1', 'none', 'phx_reply', { status: 'error', response: { reason: 'unmatched topic' } }));
  raw.send (kind3 ('', '2', 'realtime:none', 'e', 1, '{}'));
  assert.deepEqual (await raw.next ('a refusal'), text (null, '2', 'none', 'phx_reply', { status: 'error', response: { reason: 'unmatched topic' } }));
  await raw.join ('3', 'c12');
  raw.send (['3', '4', 'realtime:c12', 'whatever', {}]);
  await raw.nothing ('c12');
}

async function renews_tokens (server) {
  const person = await Person.signed_in (server);
  const id = await board (person);
  await person.subscribe (`room:${id}`, { private: true });
  await person.settle ();
  person.forget ();
  person.said.length = 0;
  await person.client.realtime.setAuth (server.token (person.id, 3600));
  assert.ok (person.said.some (said => said.includes ('access_token')));
  await person.nothing (`room:${id}`);
  for (const token of [null, 'sb_publishable_x'])
    person.socket.send (JSON.stringify ([null, '90', `realtime:room:${id}`, 'access_token', { access_token: token }]));
  await person.nothing (`room:${id}`);

  const raw = await Raw.open (server);
  await raw.join ('1', 'c13');
  raw.push ('1', 'c13', 'access_token', { access_token: server.token (person.id, -60) });
  const system = await raw.event ('c13', 'system');
  assert.deepEqual ({ ...system.payload, message: '' }, { message: '', status: 'error', extension: 'system', channel: 'c13' });
  assert.match (system.payload.message, /^Token has expired \d+ seconds ago$/);
  assert.deepEqual (await raw.next ('a close'), text ('1', '1', 'c13', 'phx_close', {}));
}

async function expires (server) {
  const person = await Person.signed_in (server);
  const id = await board (person);
  await person.client.realtime.setAuth (server.token (person.id, 3));
  const closed = new Promise ((resolve, reject) => {
    const channel = person.client.channel (`room:${id}`, { config: { private: true } });
    channel.subscribe (status => {
      if (status === 'CLOSED')
        resolve ();
      else if (status !== 'SUBSCRIBED')
        reject (new Error (status));
    });
  });
  const system = await person.event (`room:${id}`, 'system');
  assert.match (system.payload.message, /^Token has expired \d+ seconds ago$/);
  await person.event (`room:${id}`, 'phx_close');
  await within (closed, 'the status CLOSED');
  await person.settle ();
}

async function refuses_privately (server) {
  const [owner, viewer, stranger] = [await Person.signed_in (server), await Person.signed_in (server), await Person.signed_in (server)];
  const id = await board (owner, [viewer, 'viewer']);
  await assert.rejects (stranger.subscribe (`live:${id}`, { private: true }),
                        new RegExp (`Unauthorized: You do not have permissions to read from this Channel topic: live:${id}`));
  await owner.subscribe (`live:${id}`, { private: true });
  const channel = await viewer.subscribe (`live:${id}`, { private: true, broadcast: { ack: true } });
  const answer = channel.send ({ type: 'broadcast', event: 'e', payload: {} }, { timeout: 1500 });
  await viewer.settle ();
  await owner.settle ();
  assert.ok (!owner.frames.some (({ event }) => event === 'e'));
  assert.equal (await within (answer, 'the time-out', deadline), 'timed out');
}

async function bears_nonsense (server) {
  const raw = await Raw.open (server);
  const peer = new Person (server);
  await peer.subscribe ('c18');
  await raw.join ('1', 'c18', { broadcast: { self: true, ack: true } });
  for (const nonsense of ['{not json', '42', '{}', '', '[null,"1","realtime:c18"]', Buffer.from ('090909', 'hex'), Buffer.from ([]),
                          Buffer.from ([0]), Buffer.from ([3, 255, 255, 255, 255, 0, 0])])
    raw.send (nonsense);
  raw.send (kind3 ('1', '2', 'realtime:c18', 'e', 1, '{"x":'));
  // A push that would go on as kind 2.
  raw.send (Buffer.concat ([Buffer.from ([0, 1, 1, 12, 9]), Buffer.from ('13realtime:c18broadcast'), Buffer.from ([7, 8])]));
  await raw.settle ();
  await peer.settle ();
  const channel = peer.client.getChannels ()[0];
  assert.equal (await channel.send ({ type: 'broadcast', event: 'alive', payload: {} }), 'ok');
  await raw.event ('c18', 'alive');
}

export const channel_checks = [
  ['A10: a second join: its reply, then the close of the first', joins_twice],
  ['A11: a leave: ok, then the close; of a topic never joined: ok', leaves],
  ['A12: unmatched topic; an unknown event is ignored', ignores],
  ['A13: access_token: silence for a good one, null and sb_; an expired one closes', renews_tokens],
  ['A14: a token that expires closes its channel, not the socket', expires],
  ['A15: private: a stranger is refused, a viewer not heard', refuses_privately],
  ['A18: nonsense is ignored', bears_nonsense],
];
