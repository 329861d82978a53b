#!/usr/bin/env python3
"""Supabase's own client, as it comes from npm, on tela-cli serve."""
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import desktop  # noqa: E402

KIT = HERE.parents[1] / "build" / "peers-realtime"

if not os.environ.get("TELA_TEST_LONG"):
    print("1..0 # SKIP only ./dev peers and ./dev test --long run it")
elif not (KIT / "node").exists() or not (KIT / "node_modules" / "@supabase" / "supabase-js").exists():
    print("1..0 # SKIP Supabase's client is not here")
else:
    os.execv(KIT / "node", ["node", HERE / "supabase.mjs", KIT, desktop.BUILD / "tela-cli"])
