-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- The tables of Tela's boards. Each of these files may be run again: it changes nothing then.
--
-- What people reach through the API is in "public"; helpers and secrets are in "tela", which no API shows.

create schema if not exists tela;
revoke all on schema tela from public;
grant usage on schema tela to authenticated, service_role; -- rights are decided by functions in it

-- Times are shown in milliseconds everywhere.
create or replace function tela.now()
returns timestamptz
language sql
volatile
set search_path = ''
as $$
  select date_trunc('milliseconds', clock_timestamp())
$$;

-- Sixteen hex digits that nobody has had before.
create or replace function tela.new_epoch()
returns text
language sql
volatile
set search_path = ''
as $$
  select right(gen_random_uuid()::text, 12) || left(gen_random_uuid()::text, 4)
$$;

-- What invitations say of the server that they lead to: one row, made once.
create table if not exists tela.server (
  one boolean primary key default true check (one),
  host_id uuid not null default gen_random_uuid()
);
insert into tela.server default values on conflict do nothing;

create or replace function tela.host_id()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select host_id::text from tela.server
$$;

create table if not exists public.profiles (
  id uuid primary key default auth.uid() references auth.users (id) on delete cascade,
  name text not null default '' check (octet_length(name) <= 200),
  color text check (color ~ '^#[0-9a-f]{6}$'),
  created_at timestamptz not null default tela.now(),
  updated_at timestamptz not null default tela.now()
);

-- epoch: another one tells clients that the past is not what they knew. After restoring a copy of the database:
--   update public.projects set epoch = default;
create table if not exists public.projects (
  id uuid primary key default gen_random_uuid(),
  name text not null default 'Untitled' check (octet_length(name) <= 1000),
  owner uuid not null default auth.uid() references auth.users (id),
  rev bigint not null default 0,
  pruned_rev bigint not null default 0,
  epoch text not null default tela.new_epoch(),
  created_at timestamptz not null default tela.now(),
  updated_at timestamptz not null default tela.now(),
  deleted_at timestamptz, -- in the trash since then
  thumbnail text check (thumbnail ~ '^[0-9a-f]{64}$') -- SHA-256 of its picture in the lists of its members
);
create index if not exists projects_by_owner on public.projects (owner);
create index if not exists projects_deleted on public.projects (deleted_at) where deleted_at is not null;

create table if not exists public.project_members (
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('owner', 'editor', 'viewer')),
  created_at timestamptz not null default tela.now(),
  primary key (project_id, user_id)
);
create index if not exists project_members_by_user on public.project_members (user_id, project_id);

-- Ids and stamps are compared as bytes. stamps: the stamp of the creation as "base", and that of each property that has
-- another one. updated_at: when the greatest of them was made.
create table if not exists public.elements (
  project_id uuid not null references public.projects (id) on delete cascade,
  id text collate "C" not null check (id ~ '^[\x20-\x7e]{1,64}$'),
  props jsonb not null,
  stamps jsonb not null,
  rev bigint not null,
  updated_at timestamptz not null,
  primary key (project_id, id)
);
create index if not exists elements_by_rev on public.elements (project_id, rev, id);

-- Neither on the board nor coming back but by a newer write. "board" stands for the board itself.
create or replace function tela.is_dead(id text, props jsonb)
returns boolean
language sql
immutable parallel safe
as $$
  select id <> 'board' and (jsonb_typeof(props -> 'type') is distinct from 'string' or props -> 'isDeleted' = 'true')
$$;
create index if not exists elements_dead on public.elements (updated_at) where tela.is_dead(id, props);

-- The code of an invitation is in its link alone, and its hash where nobody looks.
create table if not exists public.invites (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  host_id text not null default tela.host_id(),
  role text not null check (role in ('editor', 'viewer')),
  created_by uuid not null references auth.users (id) on delete cascade,
  created_at timestamptz not null default tela.now(),
  expires_at timestamptz,
  revoked boolean not null default false,
  uses bigint not null default 0,
  max_uses bigint check (max_uses > 0),
  last_used_at timestamptz
);
create index if not exists invites_by_project on public.invites (project_id);
create index if not exists invites_by_maker on public.invites (created_by);

create table if not exists tela.invite_codes (
  hash bytea primary key, -- SHA-256
  invite_id uuid not null unique references public.invites (id) on delete cascade
);

-- sequence counts the changes of a job, so that whoever hears of them late knows.
create table if not exists public.fal_jobs (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  project_id uuid references public.projects (id) on delete set null,
  element_id text check (octet_length(element_id) <= 64),
  request_id text check (octet_length(request_id) <= 1000),
  model text not null default '' check (octet_length(model) <= 1000),
  prompt text not null default '' check (octet_length(prompt) <= 20000),
  seed bigint,
  status text not null default 'queued'
    check (status in ('queued', 'running', 'done', 'failed', 'cancelled', 'unknown')),
  sequence bigint not null default 1,
  queue_position bigint check (queue_position >= 0),
  progress double precision check (progress between 0 and 1),
  error text check (octet_length(error) <= 10000),
  asset text check (octet_length(asset) <= 64),
  input jsonb check (octet_length(input::text) <= 262144),
  output jsonb check (octet_length(output::text) <= 262144),
  created_at timestamptz not null default tela.now(),
  updated_at timestamptz not null default tela.now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index if not exists fal_jobs_by_user on public.fal_jobs (user_id, created_at);
create index if not exists fal_jobs_by_project on public.fal_jobs (project_id);

-- Everybody who signs up has a profile, and so has who was here before.
create or replace function tela.make_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.profiles (id) values (new.id) on conflict do nothing;
  return null;
end
$$;
create or replace trigger tela_profile after insert on auth.users
  for each row execute function tela.make_profile();
insert into public.profiles (id) select id from auth.users on conflict do nothing;

-- Who makes a board owns it.
create or replace function tela.make_owner()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.project_members (project_id, user_id, role, created_at)
  values (new.id, new.owner, 'owner', new.created_at);
  return null;
end
$$;
create or replace trigger a_owner after insert on public.projects
  for each row execute function tela.make_owner();

create or replace function tela.touch()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := tela.now();
  return new;
end
$$;
create or replace trigger a_touch before update of name, deleted_at, thumbnail on public.projects
  for each row execute function tela.touch();
create or replace trigger a_touch before update on public.profiles
  for each row execute function tela.touch();

create or replace function tela.touch_job()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := tela.now();
  new.sequence := old.sequence + 1;
  return new;
end
$$;
-- Not when its board goes.
create or replace trigger a_touch before update of element_id, request_id, model, prompt, seed, status, queue_position,
    progress, error, asset, input, output, started_at, finished_at on public.fal_jobs
  for each row execute function tela.touch_job();
