-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- What was pushed to a board, and states of it that somebody named, to go back to. Merging depends on no order, so the board
-- at a revision is its base with the operations of all rows up to there merged into it. Going back is the client's: new
-- operations like any. Elements are kept as [{"id", "props", "stamps"}, …].

-- One push, or several that were made one.
create table if not exists tela.history (
  project_id uuid not null references public.projects (id) on delete cascade,
  rev bigint not null,
  at timestamptz not null,
  user_id uuid references auth.users (id) on delete set null,
  n bigint not null,
  ops jsonb not null,
  primary key (project_id, rev)
);
create index if not exists history_by_time on tela.history (at);
create index if not exists history_by_user on tela.history (user_id);

create table if not exists tela.history_bases (
  project_id uuid primary key references public.projects (id) on delete cascade,
  rev bigint not null,
  elements jsonb not null
);

create table if not exists tela.versions (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  name text not null,
  rev bigint not null,
  created_by uuid references auth.users (id) on delete set null,
  created_at timestamptz not null default tela.now(),
  elements jsonb not null
);
create index if not exists versions_by_project on tela.versions (project_id, created_at);
create index if not exists versions_by_user on tela.versions (created_by);

alter table tela.history enable row level security;
alter table tela.history_bases enable row level security;
alter table tela.versions enable row level security;

-- Of each property of elements and operations together the value that stays, with its stamp.
create or replace function tela.latest(elements jsonb, ops jsonb)
returns table (id text, name text, stamp text, value jsonb)
language sql
immutable
set search_path = ''
as $$
  with writes as (
    select e ->> 'id' as id, p.name, coalesce(e -> 'stamps' ->> tela.stamp_name(p.name), e -> 'stamps' ->> 'base') as stamp, p.value
      from jsonb_array_elements(elements) as e, jsonb_each(e -> 'props') as p (name, value)
    union all
    select o ->> 'id', p.name, o ->> 'at', p.value
      from jsonb_array_elements(ops) as o, jsonb_each(o -> 'set') as p (name, value)
  ), ranked as (
    select *, rank() over (partition by w.id, w.name order by w.stamp collate "C" desc) as place from writes as w
  ), tops as (
    select *, count(*) over (partition by r.id, r.name) as rivals from ranked as r where r.place = 1
  )
  select distinct on (t.id, t.name) t.id, t.name, t.stamp, t.value
    from tops as t
   order by t.id, t.name, case when t.rivals > 1 then tela.canonical(t.value) end collate "C" desc
$$;

create or replace function tela.board_now(board uuid)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'props', e.props, 'stamps', e.stamps) order by e.id), '[]')
    from public.elements e
   where e.project_id = board
$$;

-- NULL: that is not kept.
create or replace function tela.board_at(board uuid, revision bigint)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  base record;
  rows record;
begin
  select b.rev, b.elements into base from tela.history_bases b where b.project_id = board;
  select max(h.rev) as last, jsonb_agg(o.op) as ops into rows
    from tela.history h, jsonb_array_elements(h.ops) as o (op)
   where h.project_id = board and h.rev <= revision;
  if revision <= 0 or coalesce(rows.last, base.rev) is distinct from revision then
    return null;
  end if;
  return (
    select coalesce(jsonb_agg(x.element), '[]')
      from (select jsonb_build_object('id', l.id, 'props', jsonb_object_agg(l.name, l.value),
                                      'stamps', tela.pack_stamps(jsonb_object_agg(l.name, l.stamp))) as element
              from tela.latest(coalesce(base.elements, '[]'), coalesce(rows.ops, '[]')) as l
             group by l.id) as x);
end
$$;

create or replace function tela.put_base(board uuid, revision bigint, elements jsonb)
returns void
language sql
volatile
set search_path = ''
as $$
  insert into tela.history_bases as b (project_id, rev, elements) values (board, revision, put_base.elements)
  on conflict (project_id) do update set rev = excluded.rev, elements = excluded.elements
$$;

-- Before a push, while the board is at that revision: where what led there is not kept, a base to follow on.
create or replace function tela.begin_history(board uuid, revision bigint)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if revision > 0
     and not exists (select from tela.history h where h.project_id = board and h.rev = revision)
     and not exists (select from tela.history_bases b where b.project_id = board and b.rev = revision) then
    delete from tela.history h where h.project_id = board;
    perform tela.put_base(board, revision, tela.board_now(board));
  end if;
end
$$;

create or replace function tela.add_history(board uuid, revision bigint, ops jsonb[])
returns void
language sql
volatile
set search_path = ''
as $$
  insert into tela.history (project_id, rev, at, user_id, n, ops)
  values (board, revision, tela.now(), auth.uid(), cardinality(ops), to_jsonb(ops))
$$;

create or replace function tela.ms(at timestamptz)
returns bigint
language sql
immutable parallel safe
as $$
  select floor(extract(epoch from at) * 1000)::bigint
$$;

-- What there is to go back to, newest first; a moment is the end of an hour in which there were edits.
create or replace function public.tela_versions(project uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if tela.role_in(project) is null then
    raise exception 'You may not see this project' using errcode = '42501';
  end if;
  return jsonb_build_object(
    'versions', (
      select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'name', v.name, 'rev', v.rev, 'at', tela.ms(v.created_at),
                                                   'by', p.name) order by v.created_at desc, v.rev desc, v.id), '[]')
        from tela.versions v left join public.profiles p on p.id = v.created_by
       where v.project_id = project),
    'moments', (
      select coalesce(jsonb_agg(jsonb_build_object('rev', m.rev, 'at', m.at, 'n', m.n, 'by', m.by) order by m.rev desc), '[]')
        from (select max(h.rev) as rev, tela.ms(max(h.at)) as at, sum(h.n) as n, string_agg(distinct nullif(p.name, ''), ',') as by
                from tela.history h left join public.profiles p on p.id = h.user_id
               where h.project_id = project
               group by tela.ms(h.at) / 3600000
               order by 1 desc
               limit 500) as m));
end
$$;

-- One of them, by "id" or by "rev".
create or replace function public.tela_version(project uuid, id uuid default null, rev bigint default null)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  found_rev bigint := rev;
  elements jsonb;
begin
  if tela.role_in(project) is null then
    raise exception 'You may not see this project' using errcode = '42501';
  end if;
  if id is null and rev is null then
    raise exception 'One of the arguments "id" and "rev" is needed' using errcode = '22023';
  end if;
  if id is not null then
    select v.rev, v.elements into found_rev, elements from tela.versions v where v.project_id = project and v.id = tela_version.id;
  else
    elements := tela.board_at(project, rev);
  end if;
  if elements is null then
    -- PostgREST makes a status of it.
    raise exception '%', case when id is null then 'That state of the board is not kept' else 'There is no such version' end
      using errcode = 'PT404';
  end if;
  return jsonb_build_object('rev', found_rev, 'elements', elements);
end
$$;

-- Names the board as it is now.
create or replace function public.tela_version_name(project uuid, name text)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  role text := tela.role_in(project);
  made uuid;
begin
  if role is null or role = 'viewer' then
    raise exception 'You may not edit this project' using errcode = '42501';
  end if;
  name := btrim(name, E' \t\n\v\f\r');
  if coalesce(length(name), 0) not between 1 and 200 then
    raise exception 'A name of 1 to 200 characters is needed' using errcode = '23514';
  end if;
  -- Nobody pushes, or names another, meanwhile.
  perform from public.projects p where p.id = project for no key update;
  if (select count(*) from tela.versions v where v.project_id = project) >= 200 then
    raise exception 'The board has 200 named versions: remove one first' using errcode = '54000';
  end if;
  insert into tela.versions as v (project_id, name, rev, created_by, elements)
  select p.id, tela_version_name.name, p.rev, auth.uid(), tela.board_now(p.id) from public.projects p where p.id = project
  returning v.id into made;
  return jsonb_build_object('id', made);
end
$$;

create or replace function public.tela_version_remove(project uuid, id uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  role text := tela.role_in(project);
begin
  if role is null or role = 'viewer' then
    raise exception 'You may not edit this project' using errcode = '42501';
  end if;
  delete from tela.versions v where v.project_id = project and v.id = tela_version_remove.id;
  return '{}';
end
$$;

-- Pushes of a span become one, as of the last of them.
create or replace function tela.join_history(board uuid, first bigint, last bigint)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  joined jsonb;
begin
  perform from public.projects p where p.id = board for no key update;
  select jsonb_agg(x.op) into joined
    from (select jsonb_build_object('id', l.id, 'at', l.stamp, 'set', jsonb_object_agg(l.name, l.value)) as op
            from tela.latest('[]', (select jsonb_agg(o.op) from tela.history h, jsonb_array_elements(h.ops) as o (op)
                                     where h.project_id = board and h.rev between first and last)) as l
           group by l.id, l.stamp) as x;
  update tela.history h
     set ops = joined, n = (select sum(s.n) from tela.history s where s.project_id = board and s.rev between first and last)
   where h.project_id = board and h.rev = last;
  delete from tela.history h where h.project_id = board and h.rev >= first and h.rev < last;
end
$$;

-- Those up to a revision become the base.
create or replace function tela.fold_history(board uuid, last bigint)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform from public.projects p where p.id = board for no key update;
  perform tela.put_base(board, last, tela.board_at(board, last));
  delete from tela.history h where h.project_id = board and h.rev <= last;
end
$$;

-- Makes room: pushes of more than a day ago become one an hour, those of more than 90 days ago go into the base, and so do
-- the oldest of more than 16 MB of one board.
create or replace function tela.compact_history(single interval default '1 day', kept interval default '90 days',
                                                bytes bigint default 16777216)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  span record;
begin
  for span in
    select h.project_id, min(h.rev) as first, max(h.rev) as last from tela.history h where h.at < now() - single
     group by h.project_id, tela.ms(h.at) / 3600000 having count(*) > 1 order by 1, 2
  loop
    perform tela.join_history(span.project_id, span.first, span.last);
  end loop;
  for span in
    select h.project_id, max(h.rev) as last
      from (select *, sum(octet_length(s.ops::text)) over (partition by s.project_id order by s.rev desc) as size from tela.history s) as h
     where h.at < now() - kept or h.size > bytes
     group by h.project_id order by 1
  loop
    perform tela.fold_history(span.project_id, span.last);
  end loop;
end
$$;

revoke all on all functions in schema tela from public, anon;
revoke all on function public.tela_versions(uuid), public.tela_version(uuid, uuid, bigint),
  public.tela_version_name(uuid, text), public.tela_version_remove(uuid, uuid) from public, anon;
grant execute on function public.tela_versions(uuid), public.tela_version(uuid, uuid, bigint),
  public.tela_version_name(uuid, text), public.tela_version_remove(uuid, uuid) to authenticated, service_role;
