// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Accounts, rows and objects through Supabase's own client.
import assert from 'node:assert/strict';

import { client_of } from './supabase-kit.mjs';

const fine = ({ data, error }) => {
  assert.equal (error, null);
  return data;
};

const code = ({ error }) => error?.code;

let count = 0;

// A client that is signed in with an address and a password.
async function person (server) {
  const client = client_of (server);
  const email = `person${++count}@example.org`;
  const password = 'correct horse';
  const { user } = fine (await client.auth.signUp ({ email, password, options: { data: { name: 'Ada' } } }));
  return { client, email, password, id: user.id };
}

async function accounts (server) {
  const { client, email, password, id } = await person (server);
  const other = client_of (server);

  assert.equal (code (await other.auth.signUp ({ email, password })), 'user_already_exists');
  assert.deepEqual ((await other.auth.signUp ({ email: 'a@b.example', password: '1' })).error.reasons, ['length']);
  assert.equal (code (await other.auth.signInWithPassword ({ email, password: 'wrong' })), 'invalid_credentials');
  assert.equal (fine (await other.auth.signInWithPassword ({ email, password })).user.id, id);
  assert.ok (fine (await other.auth.refreshSession ()).session);
  assert.equal (fine (await other.auth.updateUser ({ data: { color: 'red' } })).user.user_metadata.color, 'red');
  assert.equal (code (await other.auth.updateUser ({ password })), 'same_password');
  assert.equal (code (await other.auth.signInWithOtp ({ email })), 'otp_disabled');
  assert.equal ((await other.auth.signOut ({ scope: 'others' })).error, null);
  assert.equal (code (await client.auth.getUser ()), undefined); // no code is left of a session that is gone
  assert.equal ((await client.auth.getUser ()).data.user, null);

  const guest = client_of (server);
  assert.equal (fine (await guest.auth.signInAnonymously ()).user.is_anonymous, true);
  const { user } = fine (await guest.auth.updateUser ({ email: `guest-${email}`, password }));
  assert.equal (user.is_anonymous, false);
  assert.equal (fine (await client_of (server).auth.signInWithPassword ({ email: `guest-${email}`, password })).user.id, user.id);
}

async function rows (server) {
  const { client, id } = await person (server);
  const jobs = () => client.from ('fal_jobs');
  const made = fine (await jobs ().insert ([{ prompt: 'a', input: { x: 1 } }, { prompt: 'b' }], { defaultToNull: false })
    .select ('prompt,input,status,projects(name)').order ('prompt'));
  assert.deepEqual (made, [{ prompt: 'a', input: { x: 1 }, status: 'queued', projects: null },
                           { prompt: 'b', input: null, status: 'queued', projects: null }]);
  const page = await jobs ().select ('prompt', { count: 'exact' }).order ('prompt').range (1, 1);
  assert.deepEqual ([page.status, page.count, page.data], [206, 2, [{ prompt: 'b' }]]);
  assert.equal (code (await jobs ().select ('*', { count: 'exact' }).range (10, 20)), 'PGRST103');
  fine (await jobs ().update ({ status: 'running', progress: 0.5 }).eq ('prompt', 'a'));
  assert.equal (fine (await jobs ().select ('sequence').like ('prompt', '%a').not ('progress', 'is', null).gte ('progress', 0.5).single ()).sequence, 2);
  assert.equal (code (await jobs ().insert ({ status: 'melted' })), '23514');
  assert.equal (fine (await client.from ('profiles').select ('name').eq ('id', id).single ()).name, 'Ada');
  fine (await client.from ('profiles').upsert ({ id, name: 'Countess', color: '#123456' }, { onConflict: 'id' }));
  const board = fine (await client.from ('projects').insert ({ name: 'Plans' }).select ('id,project_members(role,profiles(name))').single ());
  assert.deepEqual (board.project_members, [{ role: 'owner', profiles: { name: 'Countess' } }]);
  assert.equal (fine (await client.rpc ('tela_head', { project: board.id }, { get: true })).rev, 0);
  assert.equal (code (await client.from ('profiles').delete ().eq ('id', id)), '42501');
  assert.equal (code (await client.schema ('auth').from ('users').select ()), 'PGRST106');
}

async function objects (server) {
  const { client } = await person (server);
  const service = client_of (server, server.service);
  fine (await service.storage.createBucket ('pictures', { fileSizeLimit: '1MB', allowedMimeTypes: ['image/*', 'text/plain'] }));
  assert.equal (fine (await service.storage.getBucket ('pictures')).file_size_limit, 1048576);
  const bucket = client.storage.from ('pictures');
  const name = 'folder/a b.png';

  fine (await bucket.upload (name, new Blob (['one'], { type: 'image/png' }), { cacheControl: '60' }));
  assert.equal ((await bucket.upload (name, 'two')).error.statusCode, '409');
  fine (await bucket.upload (name, Buffer.from ('two'), { upsert: true, contentType: 'image/png' }));
  assert.equal (await fine (await bucket.download (name)).text (), 'two');
  assert.equal (fine (await bucket.info (name)).contentType, 'image/png');
  assert.equal (fine (await bucket.exists (name)), true);
  const link = fine (await bucket.createSignedUrl (name, 60, { download: 'x y.png' })).signedUrl;
  assert.equal (await (await fetch (link)).text (), 'two');
  const [good, bad] = fine (await bucket.createSignedUrls ([name, 'nothing'], 60));
  assert.equal (await (await fetch (good.signedUrl)).text (), 'two');
  assert.ok (bad.error);
  const { token } = fine (await bucket.createSignedUploadUrl ('up.txt'));
  fine (await client_of (server).storage.from ('pictures').uploadToSignedUrl ('up.txt', token, 'hello', { contentType: 'text/plain' }));
  fine (await bucket.copy ('up.txt', 'copy.txt'));
  fine (await bucket.move ('copy.txt', 'folder/moved.txt'));
  assert.deepEqual (fine (await bucket.list ('')).map (entry => [entry.name, entry.id !== null]), [['folder', false], ['up.txt', true]]);
  assert.equal (fine (await bucket.remove (['up.txt', 'folder/moved.txt'])).length, 2);
  fine (await service.storage.updateBucket ('pictures', { public: true }));
  assert.equal (await (await fetch (bucket.getPublicUrl (name).data.publicUrl)).text (), 'two');
  fine (await service.storage.emptyBucket ('pictures'));
  fine (await service.storage.deleteBucket ('pictures'));
}

export const account_checks = [
  ['A21: accounts', accounts],
  ['A22: rows and what hangs on them', rows],
  ['A22: buckets and objects', objects],
];
