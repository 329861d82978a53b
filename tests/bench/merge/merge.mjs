#!/usr/bin/env node
// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Others beside `tela-cli bench merge`, on its workload; KIT has node_modules. Prints one line of JSON:
//   node --expose-gc merge.mjs KIT ENGINE --ops FILE
//   yjs   a map of maps; each write is one update, and somebody who has seen none of them takes in all, one after another
//   lww   a plain map where the later write of a property wins: what this costs by hand in this language
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const { values: options, positionals: [kit, engine] } = parseArgs ({
  allowPositionals: true,
  options: { ops: { type: 'string' } },
});
const lines = fs.readFileSync (options.ops, 'utf8').trim ().split ('\n');
const head = JSON.parse (lines[0]);
const scene = lines.slice (1, 1 + head.n).map (line => JSON.parse (line));
const texts = lines.slice (1 + head.n);
const writes = texts.map (line => JSON.parse (line));

function time (work) {
  globalThis.gc?.();
  const start = performance.now ();
  const result = work ();
  return { result, ms: performance.now () - start };
}

const rate = ms => ({ perSec: Math.round (writes.length / ms * 1000) });

/* The updates of clients that write in rounds, and then hear of each other. */
function makeUpdates (Y) {
  const docs = Array.from ({ length: head.clients }, (_, i) => Object.assign (new Y.Doc (), { clientID: i + 1 }));
  const updates = [];

  docs[0].transact (() => scene.forEach (({ new: id, p }) => docs[0].getMap ('el').set (id, new Y.Map (Object.entries (p)))));
  const base = Y.encodeStateAsUpdate (docs[0]);
  for (const doc of docs.slice (1)) Y.applyUpdate (doc, base);
  for (const doc of docs) doc.on ('update', (update, origin) => origin !== 'remote' && updates.push (update));
  for (let first = 0; first < writes.length; first += head.round) {
    const from = updates.length;
    for (const { c, id, k, v } of writes.slice (first, first + head.round)) docs[c].getMap ('el').get (id).set (k, v);
    const round = updates.slice (from);
    for (const doc of docs) for (const update of round) Y.applyUpdate (doc, update, 'remote');
  }
  return { base, updates };
}

async function runYjs () {
  const Y = createRequire (path.resolve (kit, 'package.json')) ('yjs');
  const { base, updates } = makeUpdates (Y);
  const doc = new Y.Doc ();
  Y.applyUpdate (doc, base);
  const merge = time (() => updates.forEach (update => Y.applyUpdate (doc, update)));
  const stored = Y.encodeStateAsUpdate (doc);
  const load = time (() => Y.applyUpdate (new Y.Doc (), stored));
  return { merge: rate (merge.ms), bytes: stored.length, loadMs: load.ms };
}

function runMap () {
  const make = () => new Map (scene.map (({ new: id, p }) => [id, { p: { ...p }, s: {} }]));
  const take = (map, { t, c, id, k, v }) => {
    const element = map.get (id), stamp = t * 4096 + c;
    if (element.s[k] >= stamp) return;
    element.s[k] = stamp;
    element.p[k] = v;
  };
  const first = make (), second = make ();
  const text = time (() => texts.forEach (line => take (first, JSON.parse (line))));
  const parsed = time (() => writes.forEach (write => take (second, write)));
  const stored = JSON.stringify ([...first]);
  const load = time (() => new Map (JSON.parse (stored)));
  return { merge: rate (text.ms), mergeParsed: rate (parsed.ms), bytes: Buffer.byteLength (stored), loadMs: load.ms };
}

console.log (JSON.stringify (engine === 'yjs' ? await runYjs () : runMap ()));
