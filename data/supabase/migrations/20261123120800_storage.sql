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

-- The picture of each board in the lists of its members, in a folder that is named as the board. Its members see it, and who
-- may draw on the board replaces it. It stays when the board goes, where nobody reaches it: Storage alone takes files away.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('thumbnails', 'thumbnails', false, 1048576, '{image/png}')
on conflict (id) do nothing;

drop policy if exists tela_thumbnails_seen on storage.objects;
create policy tela_thumbnails_seen on storage.objects for select to authenticated
  using (bucket_id = 'thumbnails'
         and (storage.foldername(name))[1] in (select b::text from tela.boards('{owner,editor,viewer}') as b));
drop policy if exists tela_thumbnails_made on storage.objects;
create policy tela_thumbnails_made on storage.objects for insert to authenticated
  with check (bucket_id = 'thumbnails'
              and (storage.foldername(name))[1] in (select b::text from tela.boards('{owner,editor}') as b));
drop policy if exists tela_thumbnails_changed on storage.objects;
create policy tela_thumbnails_changed on storage.objects for update to authenticated
  using (bucket_id = 'thumbnails'
         and (storage.foldername(name))[1] in (select b::text from tela.boards('{owner,editor}') as b))
  with check (bucket_id = 'thumbnails'
              and (storage.foldername(name))[1] in (select b::text from tela.boards('{owner,editor}') as b));
drop policy if exists tela_thumbnails_removed on storage.objects;
create policy tela_thumbnails_removed on storage.objects for delete to authenticated
  using (bucket_id = 'thumbnails'
         and (storage.foldername(name))[1] in (select b::text from tela.boards('{owner,editor}') as b));
