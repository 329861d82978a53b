#!/usr/bin/env node
// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// realtime-js beside `tela-cli bench realtime`, on its server; KIT has node_modules. Prints one line of JSON:
//   realtime.mjs KIT TEST --url URL --vsn VSN …
//   throughput --topic T                 receives "op" until "end": messages a second, CPU a message
//   latency --rounds N --interval MS     round trips of own broadcasts
//   memory --channels N                  resident memory of a channel
//   rejoin --channels N                  from the first channel live again to the last, after a cut
import path from 'node:path';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values: options, positionals: [kit, test] } = parseArgs ({
  allowPositionals: true,
  options: Object.fromEntries (['url', 'vsn', 'topic', 'rounds', 'interval', 'channels'].map (name => [name, { type: 'string' }])),
});
const need = createRequire (path.resolve (kit, 'package.json'));
const { RealtimeClient } = need ('@supabase/realtime-js');
const WebSocket = need ('ws');
const client = new RealtimeClient (options.url, {
  transport: WebSocket, params: { apikey: 'anon' }, vsn: options.vsn, timeout: 20000, reconnectAfterMs: () => 100,
});

function finish (result) {
  console.log (JSON.stringify (result));
  process.exit (0);
}

function subscribe (topic, broadcast, handlers, changed) {
  return new Promise ((resolve, reject) => {
    const channel = client.channel (topic, { config: { broadcast } });
    for (const [event, handler] of Object.entries (handlers)) channel.on ('broadcast', { event }, handler);
    channel.subscribe ((status, error) => {
      changed?.(status);
      if (status === 'SUBSCRIBED') resolve (channel);
      else if (status === 'TIMED_OUT') reject (error ?? new Error (status));
    });
  });
}

async function throughput () {
  let n = 0, nRead = 0, start, cpu;
  await subscribe (options.topic, { self: false }, {
    op: ({ payload }) => {
      if (n++ === 0) {
        start = performance.now ();
        cpu = process.cpuUsage ();
      }
      if (payload.id !== undefined && payload.hlc !== undefined) nRead++;
    },
    end: () => {
      const seconds = (performance.now () - start) / 1000, used = process.cpuUsage (cpu);
      finish ({ n, nRead, per_second: n / seconds, cpu_us: (used.user + used.system) / n });
    },
  });
}

async function latency () {
  const rounds = [], nRounds = Number (options.rounds);
  let sent, took;
  const channel = await subscribe ('echo', { self: true }, { op: () => { rounds.push (performance.now () - sent); took (); } });
  for (let seq = 0; seq < nRounds; seq++) {
    await sleep (Number (options.interval));
    await new Promise (resolve => {
      took = resolve;
      sent = performance.now ();
      channel.send ({ type: 'broadcast', event: 'op', payload: { op: 'set', id: 'e100000', k: { x: 1234.5, y: -87.25 }, pad: '0123456789' } });
    });
  }
  rounds.sort ((a, b) => a - b);
  finish ({ p50_ms: rounds[Math.floor (nRounds / 2)] });
}

function memoryUsed () {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
  return process.memoryUsage ().rss;
}

async function memory () {
  const n = Number (options.channels);
  await subscribe ('warm', {}, {});
  await sleep (300);
  const before = memoryUsed ();
  await Promise.all (Array.from ({ length: n }, (_, i) => subscribe (`channel-${i}`, {}, { op: () => {} })));
  await sleep (300);
  finish ({ kb_per_channel: (memoryUsed () - before) / n / 1024 });
}

async function rejoin () {
  const n = Number (options.channels), live = new Set ();
  let first, done, isCut = false, channel;
  const all = new Promise (resolve => { done = resolve; });
  const changed = i => status => {
    if (status !== 'SUBSCRIBED') { live.delete (i); return; }
    if (!isCut) return;
    first ??= performance.now ();
    live.add (i);
    if (live.size === n) done ();
  };
  const channels = await Promise.all (Array.from ({ length: n }, (_, i) => subscribe (`channel-${i}`, {}, {}, changed (i))));
  [channel] = channels;
  isCut = true;
  channel.send ({ type: 'broadcast', event: 'cut', payload: {} });
  await all;
  finish ({ seconds: (performance.now () - first) / 1000 });
}

setTimeout (() => process.exit (1), 60000).unref ();
await { throughput, latency, memory, rejoin }[test] ();
