-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Who may see and do what: by row here, by column and function through grants. The same as the rights of Tela's own
-- backend, but for what tests/supabase/differences.md of its source says.

-- The caller's role on a board, NULL: none. What is in the trash only its owner has. The service is the owner of all.
create or replace function tela.role_in(board uuid)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case when (select auth.jwt() ->> 'role') = 'service_role' then 'owner' else m.role end
    from public.projects p
    left join public.project_members m on m.project_id = p.id and m.user_id = (select auth.uid())
   where p.id = board
     and ((select auth.jwt() ->> 'role') = 'service_role' or m.role = 'owner' or p.deleted_at is null)
$$;

-- The boards on which the caller has one of these roles: asked once a query, where role_in() would be asked for each row.
create or replace function tela.boards(roles text[])
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select m.project_id
    from public.project_members m
    join public.projects p on p.id = m.project_id
   where m.user_id = (select auth.uid())
     and m.role = any (roles)
     and (m.role = 'owner' or p.deleted_at is null)
$$;

-- Those with whom the caller shares a board, and the caller.
create or replace function tela.acquaintances()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select (select auth.uid())
  union
  select theirs.user_id
    from public.project_members mine
    join public.project_members theirs on theirs.project_id = mine.project_id
   where mine.user_id = (select auth.uid())
$$;

revoke all on all functions in schema tela from public, anon;
grant execute on function tela.role_in(uuid), tela.boards(text[]), tela.acquaintances() to authenticated, service_role;
-- Defaults and checks of columns are worked out by whoever writes the row.
grant execute on function tela.now(), tela.new_epoch(), tela.host_id(), tela.is_dead(text, jsonb)
  to authenticated, service_role;

-- Supabase gives anon and authenticated every right on each new table: rows are all that would stand in the way.
revoke all on public.profiles, public.projects, public.project_members, public.elements, public.invites, public.fal_jobs
  from public, anon, authenticated;
grant all on public.profiles, public.projects, public.project_members, public.elements, public.invites, public.fal_jobs
  to service_role;
grant select on public.profiles, public.projects, public.project_members, public.elements, public.invites, public.fal_jobs
  to authenticated;

alter table public.profiles enable row level security;
alter table public.projects enable row level security;
alter table public.project_members enable row level security;
alter table public.elements enable row level security;
alter table public.invites enable row level security;
alter table public.fal_jobs enable row level security;
alter table tela.server enable row level security;
alter table tela.invite_codes enable row level security;

-- Profiles: one's own to write; whoever shares a board sees it.
grant insert (id, name, color), update (name, color) on public.profiles to authenticated;
drop policy if exists seen on public.profiles;
create policy seen on public.profiles for select to authenticated
  using (id in (select tela.acquaintances()));
drop policy if exists made on public.profiles;
create policy made on public.profiles for insert to authenticated
  with check (id = (select auth.uid()));
drop policy if exists changed on public.profiles;
create policy changed on public.profiles for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));

-- Boards. The owner is asked for beside the members, since a new board is looked at before it has any. An editor renames
-- it, and neither puts it into the trash nor takes it out.
grant insert (id, name, owner), update (name, deleted_at, thumbnail), delete on public.projects to authenticated;
drop policy if exists seen on public.projects;
create policy seen on public.projects for select to authenticated
  using (owner = (select auth.uid()) or id in (select tela.boards('{owner,editor,viewer}')));
drop policy if exists made on public.projects;
create policy made on public.projects for insert to authenticated
  with check (owner = (select auth.uid()));
drop policy if exists changed on public.projects;
create policy changed on public.projects for update to authenticated
  using (id in (select tela.boards('{owner,editor}')))
  with check (id in (select tela.boards('{owner}')) or (deleted_at is null and id in (select tela.boards('{editor}'))));
drop policy if exists removed on public.projects;
create policy removed on public.projects for delete to authenticated
  using (id in (select tela.boards('{owner}')));

-- Members. There is one owner, whom the making of the board makes; nobody adds, changes or removes such a row.
grant insert (project_id, user_id, role), update (role), delete on public.project_members to authenticated;
drop policy if exists seen on public.project_members;
create policy seen on public.project_members for select to authenticated
  using (project_id in (select tela.boards('{owner,editor,viewer}')));
drop policy if exists made on public.project_members;
create policy made on public.project_members for insert to authenticated
  with check (role <> 'owner' and project_id in (select tela.boards('{owner}')));
drop policy if exists changed on public.project_members;
create policy changed on public.project_members for update to authenticated
  using (role <> 'owner' and project_id in (select tela.boards('{owner}')))
  with check (role <> 'owner' and project_id in (select tela.boards('{owner}')));
drop policy if exists removed on public.project_members;
create policy removed on public.project_members for delete to authenticated
  using (role <> 'owner' and (user_id = (select auth.uid()) or project_id in (select tela.boards('{owner}'))));

-- Elements: tela_push() alone writes them.
drop policy if exists seen on public.elements;
create policy seen on public.elements for select to authenticated
  using (project_id in (select tela.boards('{owner,editor,viewer}')));

-- Invitations: tela_invite() makes them; the owner of the board sees, changes and removes them.
grant update (expires_at, revoked, max_uses), delete on public.invites to authenticated;
drop policy if exists seen on public.invites;
create policy seen on public.invites for select to authenticated
  using (project_id in (select tela.boards('{owner}')));
drop policy if exists changed on public.invites;
create policy changed on public.invites for update to authenticated
  using (project_id in (select tela.boards('{owner}'))) with check (project_id in (select tela.boards('{owner}')));
drop policy if exists removed on public.invites;
create policy removed on public.invites for delete to authenticated
  using (project_id in (select tela.boards('{owner}')));

-- Jobs: one's own, for boards that one may draw on.
grant insert (id, user_id, project_id, element_id, request_id, model, prompt, seed, status, queue_position, progress,
              error, asset, input, output, started_at, finished_at),
      update (element_id, request_id, model, prompt, seed, status, queue_position, progress, error, asset, input, output,
              started_at, finished_at),
      delete on public.fal_jobs to authenticated;
drop policy if exists seen on public.fal_jobs;
create policy seen on public.fal_jobs for select to authenticated
  using (user_id = (select auth.uid()));
drop policy if exists made on public.fal_jobs;
create policy made on public.fal_jobs for insert to authenticated
  with check (user_id = (select auth.uid())
              and (project_id is null or project_id in (select tela.boards('{owner,editor}'))));
drop policy if exists changed on public.fal_jobs;
create policy changed on public.fal_jobs for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
drop policy if exists removed on public.fal_jobs;
create policy removed on public.fal_jobs for delete to authenticated
  using (user_id = (select auth.uid()));
