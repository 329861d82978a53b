// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// node supabase.mjs KIT TELA_CLI: what Supabase's own client, as it comes from npm, expects of a server; as TAP. KIT has
// node_modules.
import { Person, Server, unreadable } from './supabase-kit.mjs';
import { account_checks } from './supabase-accounts.mjs';
import { broadcast_checks } from './supabase-broadcast.mjs';
import { change_checks } from './supabase-changes.mjs';
import { channel_checks } from './supabase-channels.mjs';
import { http_checks } from './supabase-http.mjs';
import { limit_checks, start_waiting } from './supabase-limits.mjs';

function only_readable () {
  if (unreadable.length > 0)
    throw new Error (unreadable.join (' '));
}

process.on ('exit', () => Server.end_all ());
const server = await Server.start ();
const limited = await Server.start ('--limits', 'supabase');
const waiting = await start_waiting (server);
const checks = [
  ...account_checks, ...broadcast_checks, ...change_checks, ...channel_checks, ...http_checks,
  ...limit_checks,
  ['A18: nothing that this client cannot read was ever said', only_readable],
];
let failures = 0;

console.log (`1..${checks.length}`);
for (const [index, [name, check]] of checks.entries ()) {
  try {
    await check (server, { limited, waiting });
    console.log (`ok ${index + 1} - ${name}`);
  } catch (problem) {
    failures++;
    console.error (problem);
    console.log (`not ok ${index + 1} - ${name}: ${String (problem.message).replaceAll ('\n', ' ')}`);
  }
}
await Person.end_all ();
process.exit (failures > 0 ? 1 : 0);
