// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';

import { Person, board, within } from './supabase-kit.mjs';

// What the client hands over, in order; ready once the server has said that it listens.
async function listen (person, topic, ...filters) {
  const heard = { changes: [], waiting: null };
  const take = change => {
    heard.changes.push (change);
    heard.waiting?.();
  };
  heard.next = async () => {
    while (heard.changes.length === 0)
      await within (new Promise (resolve => { heard.waiting = resolve; }), `a change on ${topic}`);
    return heard.changes.shift ();
  };
  await person.subscribe (topic, {}, channel => filters.forEach (filter => channel.on ('postgres_changes', filter, take)));
  const system = await person.event (topic, 'system');
  assert.deepEqual ([system.payload.status, system.payload.message], ['ok', 'Subscribed to PostgreSQL']);
  return heard;
}

async function tells_changes (server) {
  for (const vsn of ['1.0.0', '2.0.0']) {
    const [owner, guest, stranger] = await Promise.all ([0, 1, 2].map (() => Person.signed_in (server, { vsn })));
    const id = await board (owner, [guest, 'viewer']);
    const all = { event: '*', schema: 'public', table: 'projects' };
    const heard = await listen (guest, 'changes', all, { ...all, event: 'UPDATE', filter: 'name=like.New%' });
    const others = await listen (stranger, 'changes', all);

    for (const name of ['Old', 'New']) {
      assert.equal ((await owner.client.from ('projects').update ({ name }).eq ('id', id)).error, null);
      const times = name === 'New' ? 2 : 1;
      for (let n = 0; n < times; n++) {
        const change = await heard.next ();
        assert.deepEqual ([change.eventType, change.table, change.new.name, change.errors], ['UPDATE', 'projects', name, null]);
        assert.deepEqual (change.old, { id });
        assert.equal (typeof change.new.rev, 'number');
        assert.ok (Date.parse (change.commit_timestamp) <= Date.parse (change.new.updated_at) + 60000);
      }
    }
    assert.equal ((await owner.client.from ('projects').delete ().eq ('id', id)).error, null);
    const gone = await heard.next ();
    assert.deepEqual ([gone.eventType, gone.old, gone.new], ['DELETE', { id }, {}]);
    await stranger.settle ();
    assert.deepEqual (others.changes, []);
  }
}

async function tells_elements (server) {
  const person = await Person.signed_in (server);
  const id = await board (person);
  const heard = await listen (person, 'elements', { event: '*', schema: 'public', table: 'elements', filter: `project_id=eq.${id}` });
  const at = `${Date.now ().toString (16).padStart (12, '0')}0000-0123456789abcdef`;
  const { error } = await person.client.rpc ('tela_push', {
    project: id, ops: [{ id: 'e', at, set: { type: 'rectangle', x: 1, y: 2 } }],
  });
  assert.equal (error, null);
  const change = await heard.next ();
  assert.deepEqual ([change.eventType, change.new.id, change.new.props.x, change.new.rev], ['INSERT', 'e', 1, 1]);
}

export const change_checks = [
  ['A3, 7: changes of rows reach those who may see them, on both protocols', tells_changes],
  ['7: changes of elements come with their properties', tells_elements],
];
