// Copyright The Tela authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Excalidraw's own component, as any page has it, and what the test asks of it besides keys and pointer.
import { CaptureUpdateAction, Excalidraw } from '@excalidraw/excalidraw';
import '@excalidraw/excalidraw/index.css';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

createRoot (document.body.appendChild (Object.assign (document.createElement ('div'), { style: 'height: 100vh' })))
  .render (createElement (Excalidraw, { excalidrawAPI: (api) => { window.api = api; } }));

window.clear = () => window.api.updateScene ({ elements: [], captureUpdate: CaptureUpdateAction.NEVER });
window.scene = () => ({ elements: window.api.getSceneElements (), files: window.api.getFiles () });
