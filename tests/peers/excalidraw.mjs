// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// node excalidraw.mjs KIT: Excalidraw in a window of Chromium on the display of the environment, so that its clipboard is
// the display's. A name of a command a line from standard input,
// one JSON value a line back. KIT has node_modules.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const kit = path.resolve (process.argv[2]);
const need = createRequire (path.join (kit, 'package.json'));
const { build } = need ('esbuild');
const { chromium } = need ('playwright-core');
const assets = path.join (kit, 'node_modules/@excalidraw/excalidraw/dist/prod');
const dist = path.join (kit, 'page');

await build ({
  entryPoints: [path.join (import.meta.dirname, 'page.js')], outfile: path.join (dist, 'page.js'), bundle: true,
  format: 'esm', conditions: ['production'], nodePaths: [path.join (kit, 'node_modules')], logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env.IS_PREACT': '"false"', 'import.meta.env': '{}' },
  loader: { '.woff2': 'dataurl', '.ttf': 'dataurl' },
});

const page_html = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/page.css"><style>body{margin:0}</style>
<script>window.EXCALIDRAW_ASSET_PATH = '/assets/'</script><body><script type="module" src="/page.js"></script>`;
const types = { '.js': 'text/javascript', '.css': 'text/css' };
const server = http.createServer ((request, response) => {
  const name = decodeURIComponent (request.url.split ('?')[0]);
  const file = name.startsWith ('/assets/') ? path.join (assets, name.slice (7)) : path.join (dist, name);
  if (name === '/')
    return response.setHeader ('content-type', 'text/html').end (page_html);
  if (!fs.existsSync (file))
    return response.writeHead (404).end ();
  response.setHeader ('content-type', types[path.extname (file)] ?? 'application/octet-stream');
  fs.createReadStream (file).pipe (response);
}).listen (0, '127.0.0.1');

const browser = await chromium.launch ({
  executablePath: '/usr/bin/chromium', headless: false,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--window-position=700,0', '--window-size=700,900'],
});
const context = await browser.newContext ({
  viewport: { width: 680, height: 700 },
  permissions: ['clipboard-read', 'clipboard-write'],
});
const origin = `http://127.0.0.1:${server.address ().port}/`;
await context.route (({ href }) => !href.startsWith (origin), (route) => route.abort ());
const page = await context.newPage ();
page.on ('pageerror', (error) => console.error (`page: ${error.message}`));
await page.goto (origin);
await page.waitForFunction ('window.api && document.querySelector ("canvas.interactive")', null, { timeout: 120000 });

const commands = {
  // A click gives the board the focus, and a place to the pointer.
  clear: async () => { await page.evaluate ('clear ()'); await page.mouse.click (340, 400); },
  copy: async () => { await page.keyboard.press ('Control+A'); await page.keyboard.press ('Control+C'); },
  copy_png: async () => { await page.keyboard.press ('Control+A'); await page.keyboard.press ('Shift+Alt+C'); },
  paste: () => page.keyboard.press ('Control+V'),
  scene: () => page.evaluate ('scene ()'),
};

console.log ('"ready"');
for await (const line of readline.createInterface ({ input: process.stdin }))
  console.log (JSON.stringify (await commands[JSON.parse (line)] () ?? null));
await browser.close ();
server.close ();
