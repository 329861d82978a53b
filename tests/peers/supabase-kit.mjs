// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Servers, Supabase's own client with its socket listened to, and bare sockets for what that client would never say.
import { spawn } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

const need = createRequire (path.resolve (process.argv[2], 'package.json'));
const cli = process.argv[3];
const { createClient } = need ('@supabase/supabase-js');
const WebSocket = need ('ws');

// Without a socket that is listened to.
export function client_of (server, key = server.anon) {
  return createClient (server.url, key, { auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false } });
}

// Generous: sanitized builds on busy machines.
export const deadline = 20000;

export function within (promise, what, ms = deadline) {
  let timer;
  const late = new Promise ((_, reject) => {
    timer = setTimeout (() => reject (new Error (`not within ${ms} ms: ${what}`)), ms);
  });
  return Promise.race ([promise, late]).finally (() => clearTimeout (timer));
}

export class Server {
  static all = [];

  static async start (...words) {
    const self = new Server ();
    self.data = mkdtempSync (path.join (tmpdir (), 'tela-supabase-'));
    self.process = spawn (cli, ['serve', '--data', self.data, '--print-keys', ...words],
                          { stdio: ['ignore', 'pipe', 'inherit'] });
    self.ended = new Promise (resolve => self.process.on ('exit', (code, signal) => resolve (code ?? signal)));
    Server.all.push (self);
    const lines = readline.createInterface ({ input: self.process.stdout });
    const [line] = await within (new Promise (resolve => lines.once ('line', text => resolve ([text]))), 'the start');
    const ready = JSON.parse (line);
    self.url = ready.url;
    self.anon = ready.anon_key;
    self.service = ready.service_role_key;
    self.secret = JSON.parse (readFileSync (path.join (self.data, 'server', 'keys.json'))).secret;
    return self;
  }

  // exp: seconds from now
  token (sub, exp, role = 'authenticated') {
    const part = value => Buffer.from (JSON.stringify (value)).toString ('base64url');
    const text = `${part ({ alg: 'HS256', typ: 'JWT' })}.${part ({ sub, role, exp: Math.floor (Date.now () / 1000) + exp })}`;
    return `${text}.${createHmac ('sha256', this.secret).update (text).digest ('base64url')}`;
  }

  async stop () {
    this.process.kill ('SIGTERM');
    const code = await within (this.ended, 'the end');
    if (code !== 0)
      throw new Error (`tela-cli serve ended with ${code}`);
  }

  static end_all () {
    for (const server of Server.all) {
      server.process.kill ('SIGKILL');
      rmSync (server.data, { recursive: true, force: true });
    }
  }
}

// ---- What goes over a socket ----

const named = fields => ({ join_ref: fields[0], ref: fields[1], topic: fields[2], event: fields[3], payload: fields[4] });

export function parse (data, binary, vsn) {
  if (!binary) {
    const value = JSON.parse (data.toString ());
    return { kind: 'text', ...(vsn === '1.0.0' ? value : named (value)) };
  }
  const [kind, ...sizes] = data.subarray (0, 5);
  if (kind !== 4)
    return { kind };
  let at = 5;
  const take = n => data.subarray (at, at += n).toString ();
  return { kind, encoding: sizes[3], topic: take (sizes[0]), event: take (sizes[1]), metadata: take (sizes[2]),
           payload: data.subarray (at) };
}

// Kind 3, as Supabase's client makes it.
export function kind3 (join_ref, ref, topic, event, encoding, payload) {
  const texts = [join_ref, ref, topic, event].map (text => Buffer.from (text));
  return Buffer.concat ([Buffer.from ([3, ...texts.map (text => text.length), 0, encoding]), ...texts, Buffer.from (payload)]);
}

// Everything that any server ever said here and that Supabase's client could not read.
export const unreadable = [];

class Wire {
  frames = []; // that nobody has asked for yet
  said = [];   // by the client
  waiting = null;

  attach (socket, vsn) {
    this.socket = socket;
    this.vsn = vsn;
    this.closed = new Promise (resolve => socket.on ('close', resolve));
    socket.on ('message', (data, binary) => {
      const bytes = Buffer.from (data);
      let frame;
      try {
        frame = parse (bytes, binary, vsn);
      } catch {
        frame = { kind: 'broken' };
      }
      if (frame.kind !== 'text' && frame.kind !== 4)
        unreadable.push (bytes.toString ('hex').slice (0, 80));
      this.frames.push (frame);
      this.waiting?.();
    });
  }

  async next (what, matches = () => true) {
    for (;;) {
      const at = this.frames.findIndex (matches);
      if (at >= 0)
        return this.frames.splice (at, 1)[0];
      await within (new Promise (resolve => { this.waiting = resolve; }), what);
    }
  }

  event (topic, event) {
    return this.next (`${event} on ${topic}`, frame => frame.topic === `realtime:${topic}` && frame.event === event);
  }

  // All that the server had to say so far is here.
  async settle () {
    const ref = `settle-${randomUUID ()}`;
    const beat = { topic: 'phoenix', event: 'heartbeat', payload: {}, ref, join_ref: null };
    this.socket.send (JSON.stringify (this.vsn === '1.0.0' ? beat : [null, ref, 'phoenix', 'heartbeat', {}]));
    await this.next ('a heartbeat', frame => frame.ref === ref);
  }

  async nothing (topic) {
    await this.settle ();
    const left = this.frames.filter (frame => frame.topic === `realtime:${topic}`);
    if (left.length > 0)
      throw new Error (`nothing was to be said: ${JSON.stringify (left)}`);
  }

  forget () {
    this.frames.length = 0;
  }
}

// A bare socket.
export class Raw extends Wire {
  static async open (server, { vsn = '2.0.0', key = server.anon } = {}) {
    const self = new Raw ();
    const url = `${server.url.replace ('http', 'ws')}/realtime/v1/websocket?apikey=${key}&vsn=${vsn}`;
    self.attach (new WebSocket (url, { maxPayload: 8000000 }), vsn);
    await within (new Promise ((resolve, reject) => self.socket.on ('open', resolve).on ('error', reject)), 'a socket');
    return self;
  }

  send (data) {
    this.socket.send (Array.isArray (data) ? JSON.stringify (data) : data);
  }

  async join (ref, topic, config = {}, token = undefined) {
    this.send ([ref, ref, `realtime:${topic}`, 'phx_join', { config, access_token: token }]);
    return this.next (`the join of ${topic}`, frame => frame.ref === ref && frame.event === 'phx_reply');
  }

  push (ref, topic, event, payload) {
    this.send ([ref, `${ref}-${event}`, `realtime:${topic}`, event, payload]);
  }
}

// The status and body that a handshake is refused with.
export function refused (server, query) {
  return within (new Promise ((resolve, reject) => {
    const asked = request (`${server.url}/realtime/v1/websocket?${query}`, { headers: {
      connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': 13, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    } }, answer => {
      let body = '';
      answer.on ('data', data => { body += data; }).on ('end', () => resolve ({ status: answer.statusCode, body }));
    });
    asked.on ('upgrade', () => reject (new Error (`${query} was let in`))).on ('error', reject).end ();
  }), 'an answer');
}

// Somebody with Supabase's client, whose sockets and requests are listened to.
export class Person extends Wire {
  static all = [];

  constructor (server, { vsn = '2.0.0', key = server.anon } = {}) {
    super ();
    const person = this;
    this.requests = [];
    this.client = createClient (server.url, key, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: { fetch: async (url, options) => {
        const answer = await fetch (url, options);
        person.requests.push ({ url: String (url), method: options?.method ?? 'GET', status: answer.status, headers: answer.headers });
        return answer;
      } },
      realtime: { vsn, transport: class extends WebSocket {
        constructor (url, protocols) {
          super (url, protocols, { maxPayload: 8000000 });
          person.attach (this, vsn);
        }

        send (data, ...rest) {
          person.said.push (data);
          super.send (data, ...rest);
        }
      } },
    });
    Person.all.push (this);
  }

  // Anonymous, with a session.
  static async signed_in (server, options) {
    const self = new Person (server, options);
    const { data, error } = await self.client.auth.signInAnonymously ();
    if (error)
      throw error;
    self.id = data.user.id;
    self.access_token = data.session.access_token;
    await self.client.realtime.setAuth ();
    return self;
  }

  async subscribe (topic, config = {}, listen = () => {}) {
    const channel = this.client.channel (topic, { config });
    listen (channel);
    channel.statuses = [];
    await within (new Promise ((resolve, reject) => channel.subscribe ((status, error) => {
      channel.statuses.push (status);
      if (status === 'SUBSCRIBED')
        resolve ();
      else
        reject (new Error (`${topic}: ${status} ${error?.message ?? ''}`));
    })), `the subscription of ${topic}`);
    return channel;
  }

  static async end_all () {
    for (const person of Person.all)
      await person.client.removeAllChannels ();
  }
}

// A board of that person's; the others are admitted as [person, role].
export async function board (owner, ...members) {
  const id = randomUUID ();
  const made = await owner.client.from ('projects').insert ({ id, name: 'Plan' });
  if (made.error)
    throw new Error (made.error.message);
  for (const [person, role] of members) {
    const { error } = await owner.client.from ('project_members').insert ({ project_id: id, user_id: person.id, role });
    if (error)
      throw new Error (error.message);
  }
  return id;
}
