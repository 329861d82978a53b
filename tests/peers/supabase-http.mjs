// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';

import { Person, board } from './supabase-kit.mjs';

async function broadcasts (server) {
  const [sender, listener] = [await Person.signed_in (server), await Person.signed_in (server)];
  const id = await board (sender, [listener, 'viewer']);
  await listener.subscribe ('c16');
  await listener.subscribe (`live:${id}`, { private: true });
  const said = async (topic, config, send) => {
    const channel = sender.client.channel (topic, { config });
    assert.ok (await send (channel));
    const { url, status } = sender.requests.at (-1);
    assert.equal (status, 202);
    assert.match (url, /\/realtime\/v1\/api\/broadcast.*[?&]apikey=.*vsn=2\.0\.0/);
    await sender.client.removeChannel (channel);
  };
  const batch = channel => channel.send ({ type: 'broadcast', event: 'batch', payload: { n: 1 } }).then (answer => answer === 'ok');
  const single = payload => channel => channel.httpSend ('single', payload).then (answer => answer.success);

  await said ('c16', {}, batch);
  const text = await listener.event ('c16', 'broadcast');
  assert.deepEqual ([text.kind, text.payload.event, text.payload.payload], ['text', 'batch', { n: 1 }]);
  await said (`live:${id}`, { private: true }, batch);
  await listener.event (`live:${id}`, 'broadcast');
  await said ('c16', {}, single ({ n: 2 }));
  const json = await listener.event ('c16', 'single');
  assert.deepEqual ([json.kind, json.encoding, json.payload.toString ()], [4, 1, '{"n":2}']);
  await said (`live:${id}`, { private: true }, single ({ n: 3 }));
  await listener.event (`live:${id}`, 'single');
  // Of the other namespace.
  await said (`live:${id}`, {}, batch);
  await listener.settle ();
  assert.ok (!listener.frames.some (({ event }) => event === 'broadcast' || event === 'single'));
}

async function signs_in (server) {
  const person = await Person.signed_in (server);
  const { auth } = person.client;
  const before = (await auth.getSession ()).data.session;
  const renewed = await auth.refreshSession ();
  assert.equal (renewed.error, null);
  assert.notEqual (renewed.data.session.refresh_token, before.refresh_token);
  assert.equal ((await auth.getUser ()).data.user.id, person.id);
  assert.ok ((await auth.getUser ()).data.user.is_anonymous);

  const wrong = await new Person (server).client.auth.signInWithPassword ({ email: 'nobody@example.org', password: 'wrong-wrong' });
  assert.deepEqual ([wrong.error.status, wrong.error.code], [400, 'invalid_credentials']);
  const lost = await new Person (server).client.auth.refreshSession ({ refresh_token: 'neverissued1' });
  assert.deepEqual ([lost.error.status, lost.error.code], [400, 'refresh_token_not_found']);

  const { error } = await auth.signOut ();
  assert.equal (error, null);
  const { url, status } = person.requests.at (-1);
  assert.match (url, /\/auth\/v1\/logout/);
  assert.equal (status, 204);

  const [email, password] = [`${randomUUID ()}@example.org`, 'correct horse battery'];
  const signed = await new Person (server).client.auth.signUp ({ email, password });
  assert.equal (signed.error, null);
  const again = await new Person (server).client.auth.signInWithPassword ({ email, password });
  assert.equal (again.error, null);
  assert.equal (again.data.user.id, signed.data.user.id);
}

const fine = ({ data, error, ...rest }) => {
  assert.equal (error, null);
  return { data, ...rest };
};

async function tables (client) {
  const ids = [randomUUID (), randomUUID (), randomUUID ()];
  const from = () => client.from ('projects');

  assert.equal (fine (await from ().insert ({ id: ids[0], name: 'One' })).status, 201);
  assert.deepEqual (fine (await from ().insert ([{ id: ids[1], name: 'a, (c)' }, { id: ids[2], name: 'Three' }]).select ('id')).data.length, 2);
  assert.deepEqual (fine (await from ().select ('name').eq ('id', ids[0])).data, [{ name: 'One' }]);
  assert.deepEqual (fine (await from ().select ('name').in ('name', ['a, (c)', 'Three']).order ('name', { ascending: false })).data,
                    [{ name: 'a, (c)' }, { name: 'Three' }]);
  assert.deepEqual (fine (await from ().select ('name').in ('id', ids).or ('name.eq.One,name.like.Th*').order ('name').range (0, 0)).data, [{ name: 'One' }]);
  const counted = fine (await from ().select ('*', { count: 'exact', head: true }).in ('id', ids));
  assert.equal (counted.count, 3);
  assert.equal (fine (await from ().select ('id,name').eq ('id', ids[0]).single ()).data.id, ids[0]);
  const many = await from ().select ().in ('id', ids).single ();
  assert.deepEqual ([many.status, many.error.code], [406, 'PGRST116']);
  assert.equal (fine (await from ().select ().eq ('id', randomUUID ()).maybeSingle ()).data, null);
  assert.deepEqual (fine (await from ().upsert ({ id: ids[0], name: 'Uno' }).select ('name')).data, [{ name: 'Uno' }]);
  assert.deepEqual (fine (await from ().update ({ name: 'Eins' }).eq ('id', ids[0]).select ('name')).data, [{ name: 'Eins' }]);
  assert.equal (fine (await from ().update ({ name: 'Un' }).eq ('id', ids[0])).status, 204);
  assert.deepEqual (fine (await from ().delete ().eq ('id', ids[2]).select ('id')).data, [{ id: ids[2] }]);
  const twice = await from ().insert ({ id: ids[0], name: 'Again' });
  assert.deepEqual ([twice.status, twice.error.code], [409, '23505']);
  const nowhere = await client.from ('nowhere').select ();
  assert.deepEqual ([nowhere.status, nowhere.error.code], [404, 'PGRST205']);
  const nothing = await client.rpc ('no_such_function', {});
  assert.deepEqual ([nothing.status, nothing.error.code], [404, 'PGRST202']);
}

async function objects (server, { client, id }) {
  const { storage } = new Person (server, { key: server.service }).client;
  const bucket = client.storage.from ('files');
  const name = `${id}/a b.png`;
  const bytes = Buffer.from ('89504e470d0a1a0a', 'hex');

  fine (await storage.createBucket ('files'));
  fine (await storage.createBucket ('open', { public: true }));
  fine (await bucket.upload (name, bytes, { contentType: 'image/png' }));
  assert.equal ((await bucket.upload (name, bytes, { contentType: 'image/png' })).error.statusCode, '409');
  fine (await bucket.upload (name, bytes, { contentType: 'image/png', upsert: true }));
  assert.deepEqual (Buffer.from (await fine (await bucket.download (name)).data.arrayBuffer ()), bytes);
  const { signedUrl } = fine (await bucket.createSignedUrl (name, 60)).data;
  const answer = await fetch (signedUrl);
  assert.deepEqual ([answer.status, answer.headers.get ('content-type')], [200, 'image/png']);
  assert.deepEqual (Buffer.from (await answer.arrayBuffer ()), bytes);
  assert.equal (fine (await bucket.createSignedUrls ([name], 60)).data[0].error, null);
  assert.deepEqual (fine (await bucket.list (id)).data.map (({ name }) => name), ['a b.png']);
  fine (await bucket.copy (name, `${id}/c.png`));
  fine (await bucket.move (`${id}/c.png`, `${id}/d.png`));
  assert.equal (fine (await bucket.remove ([name, `${id}/d.png`])).data.length, 2);
  assert.equal ((await bucket.download (name)).data, null);

  fine (await storage.from ('open').upload ('c d.png', bytes, { contentType: 'image/png' }));
  const seen = await fetch (client.storage.from ('open').getPublicUrl ('c d.png').data.publicUrl);
  assert.deepEqual (Buffer.from (await seen.arrayBuffer ()), bytes);
}

async function stores (server) {
  const person = await Person.signed_in (server);
  await tables (person.client);
  await objects (server, person);
}

export const http_checks = [
  ['A16: REST: batch and single reach the right namespace', broadcasts],
  ['A21: sign-in, refresh, sign-out; error codes survive', signs_in],
  ['A22: tables and objects; a signed URL of "a b.png"', stores],
];
