-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Pictures on boards: bytes under the SHA-256 of them. Whoever is signed in may read and add: a name is as hard to guess as
-- the picture itself. Nothing is replaced or removed: a board that somebody kept may still show it. The name cannot be
-- compared with the bytes here; who fetches them does that.
insert into storage.buckets (id, name, public)
values ('assets', 'assets', false)
on conflict (id) do nothing;

drop policy if exists tela_assets_seen on storage.objects;
create policy tela_assets_seen on storage.objects for select to authenticated
  using (bucket_id = 'assets');
drop policy if exists tela_assets_made on storage.objects;
create policy tela_assets_made on storage.objects for insert to authenticated
  with check (bucket_id = 'assets' and name ~ '^[0-9a-f]{64}$');
