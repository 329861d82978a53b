-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Operations come in: {"id": …, "at": stamp, "set": {property: value, …}} sets properties of one element at one stamp.
-- Of each property the value with the greater stamp stays. So they may come in any order, late, and more than once.

-- Reads an operation. code and message: why it is refused.
create or replace function tela.read_operation(op jsonb, out id text, out stamp text, out writes jsonb, out code text, out message text)
language plpgsql
immutable parallel safe
set search_path = ''
as $$
declare
  large boolean := octet_length(op::text) > 1048576;
begin
  code := 'invalid';
  if jsonb_typeof(op) is distinct from 'object' then
    message := 'not an operation';
  elsif op ? 'id' and jsonb_typeof(op -> 'id') <> 'string' then
    message := 'id: not a text';
  elsif op ? 'id' and op ->> 'id' !~ '^[\x20-\x7e]{1,64}$' then
    message := 'id: not 1 to 64 printable ASCII characters';
  elsif op ? 'at' and (jsonb_typeof(op -> 'at') <> 'string' or op ->> 'at' !~ '^[0-9a-f]{16}-[0-9a-f]{16}$') then
    message := 'not a stamp';
  elsif op ? 'delete' and jsonb_typeof(op -> 'delete') <> 'boolean' then
    message := 'delete: not a boolean';
  elsif not op ? 'id' then
    message := 'id: missing';
  elsif not op ? 'at' then
    message := 'at: missing';
  elsif op ? 'set' and jsonb_typeof(op -> 'set') <> 'object' then
    message := 'set: not an object';
  end if;
  if message is not null then
    return;
  end if;
  code := null;
  id := op ->> 'id';
  stamp := op ->> 'at';
  writes := coalesce(op -> 'set', '{}');
  if op -> 'delete' = 'true' then
    writes := writes || '{"isDeleted": true}';
  end if;
  if writes = '{}' then
    code := 'invalid';
    message := 'set: missing or empty';
  elsif (select count(*) from jsonb_object_keys(writes)) > 4095 then
    code := 'too_large';
    message := 'too many properties';
  else
    -- Most need no closer look.
    select c.code, c.message into code, message
      from jsonb_each(writes) as p (name, value), tela.check_property(p.name, p.value) as c
     where c.code is not null
       and (octet_length(p.name) > 255 or p.name in ('', 'id') or large
            or case jsonb_typeof(p.value)
                 when 'number' then tela.is_geometry(p.name) and abs(p.value::numeric) > 10000000
                 when 'array' then p.value <> '[]'
                 when 'object' then length(p.value::text) > 2 * 96
                 else false
               end)
     limit 1;
  end if;
end
$$;

-- Milliseconds since 1970 of a stamp.
create or replace function tela.stamp_ms(stamp text)
returns bigint
language sql
immutable parallel safe
as $$
  select ('x' || left(stamp, 12))::bit(48)::bigint
$$;

-- Under which name the stamp of a property stands: "base" is taken, so "base" is "=base", "=base" is "==base", and so on.
create or replace function tela.stamp_name(property text)
returns text
language sql
immutable parallel safe
as $$
  select case when property ~ '^=*base$' then '=' || property else property end
$$;

-- The stamps of properties, each by its name, as a row keeps them: the one of "type", else the least, once as "base".
create or replace function tela.pack_stamps(stamps jsonb)
returns jsonb
language sql
immutable parallel safe
set search_path = ''
as $$
  select jsonb_build_object('base', b.base)
         || coalesce(jsonb_object_agg(tela.stamp_name(s.name), s.stamp) filter (where s.stamp <> b.base), '{}')
    from jsonb_each_text(stamps) as s (name, stamp),
         (select coalesce(stamps ->> 'type', min(stamp collate "C")) as base
            from jsonb_each_text(stamps) as x (name, stamp)) as b
   group by b.base
$$;

-- What the row of an element becomes; changed: whether it is another.
create or replace function tela.merge(inout props jsonb, inout stamps jsonb, stamp text, writes jsonb, out changed boolean)
language plpgsql
immutable parallel safe
set search_path = ''
as $$
declare
  base text := stamps ->> 'base';
  wins jsonb;
  fresh boolean := not props ? 'type';
begin
  select jsonb_object_agg(p.name, p.value) into wins
    from jsonb_each(writes) as p (name, value),
         coalesce(stamps ->> tela.stamp_name(p.name), base) as own
   where not props ? p.name
      or own collate "C" < stamp
      or (own = stamp and props -> p.name <> p.value
          and tela.canonical(props -> p.name) collate "C" < tela.canonical(p.value));
  changed := wins is not null;
  if not changed then
    return;
  end if;
  if fresh or wins ? 'type' then
    -- Another base, perhaps: all of them anew.
    stamps := tela.pack_stamps((select jsonb_object_agg(p.name,
        case when wins ? p.name then stamp else coalesce(stamps ->> tela.stamp_name(p.name), base) end)
      from jsonb_object_keys(props || wins) as p (name)));
  elsif stamp = base then
    stamps := stamps - array (select tela.stamp_name(p.name) from jsonb_object_keys(wins) as p (name));
  else
    stamps := stamps || (select jsonb_object_agg(tela.stamp_name(p.name), stamp)
                           from jsonb_object_keys(wins) as p (name));
  end if;
  props := props || wins;
end
$$;

-- Tells those on the board, in parts that a broadcast holds. Nobody hears of it before the commit.
create or replace function tela.announce_operations(board uuid, epoch text, rev bigint, ops jsonb[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  max_bytes constant int := 190000; -- the frame stays under 200 kB
  ends int[] := '{}';
  bytes int := 0;
  size int;
  first int := 1;
begin
  for i in 1 .. cardinality(ops) loop
    size := octet_length(ops[i]::text) + 2;
    if bytes > 0 and bytes + size > max_bytes then
      ends := ends || (i - 1);
      bytes := 0;
    end if;
    bytes := bytes + size;
  end loop;
  ends := ends || cardinality(ops);
  for part in 1 .. cardinality(ends) loop
    perform realtime.send(
      jsonb_build_object('epoch', epoch, 'rev', rev, 'part', part, 'of', cardinality(ends),
                                    'ops', to_jsonb(ops[first:ends[part]])),
      'CANVAS_CHANGE', 'project:' || board::text, true);
    first := ends[part] + 1;
  end loop;
end
$$;

create or replace function tela.head(epoch text, rev bigint, pruned_rev bigint)
returns jsonb
language sql
volatile
set search_path = ''
as $$
  select jsonb_build_object('epoch', epoch, 'rev', rev, 'pruned_rev', pruned_rev,
    'now', floor(extract(epoch from clock_timestamp()) * 1000)::bigint)
$$;

-- Refuses what is too large at all. Postgres writes a space after each comma and colon; they do not count.
create or replace function tela.check_call(ops jsonb)
returns void
language plpgsql
immutable parallel safe
set search_path = ''
as $$
begin
  if jsonb_typeof(ops) is distinct from 'array' then
    raise exception 'The argument "ops" is no array' using errcode = '22023';
  end if;
  if jsonb_array_length(ops) > 500
     or (octet_length(ops::text) > 1048576
         and octet_length(replace(replace(ops::text, ', ', ','), ': ', ':')) > 1048576) then
    raise exception 'A call holds at most 500 operations and 1 MB' using errcode = '54000';
  end if;
end
$$;

-- Merges operations into a board: all of a call in one transaction under the lock of the board's row, so that revisions
-- are dense and nobody sees one before the one before it. What is refused is told one by one; the rest stays.
create or replace function public.tela_push(project uuid, ops jsonb)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  role text := tela.role_in(project);
  board record;
  row_props jsonb;
  row_stamps jsonb;
  op record;
  merged record;
  at_ms bigint;
  now_ms bigint;
  done jsonb[] := '{}';
  refused jsonb[] := '{}';
begin
  if role is null or role = 'viewer' then
    raise exception 'You may not edit this project' using errcode = '42501';
  end if;
  perform tela.check_call(ops);
  select p.rev, p.pruned_rev, p.epoch into board from public.projects p where p.id = project for no key update;
  now_ms := floor(extract(epoch from clock_timestamp()) * 1000);
  perform tela.begin_history(project, board.rev);

  for op in
    select x.i - 1 as i, r.*
      from jsonb_array_elements(ops) with ordinality as x (item, i), tela.read_operation(x.item) as r
     order by x.i
  loop
    at_ms := case when op.code is null then tela.stamp_ms(op.stamp) end;
    if at_ms > now_ms + 60000 then
      op.code := 'future';
      op.message := 'The stamp is more than 60 s ahead of the server';
    end if;
    if op.code is null then
      select e.props, e.stamps into row_props, row_stamps
        from public.elements e where e.project_id = project and e.id = op.id;
      select m.props, m.stamps, m.changed into merged
        from tela.merge(coalesce(row_props, '{}'), coalesce(row_stamps, '{}'), op.stamp, op.writes) as m;
      if not merged.changed then
        continue;
      elsif (select count(*) from jsonb_object_keys(merged.props)) > 4095 then
        op.code := 'too_large';
        op.message := 'The element has too many properties';
      end if;
    end if;
    if op.code is not null then
      refused := refused || jsonb_build_object('i', op.i, 'code', op.code, 'message', op.message);
      continue;
    end if;
    insert into public.elements as e (project_id, id, props, stamps, rev, updated_at)
    values (project, op.id, merged.props, merged.stamps, board.rev + 1, to_timestamp(at_ms / 1000.0))
    on conflict (project_id, id) do update
       set props = excluded.props, stamps = excluded.stamps, rev = excluded.rev,
           updated_at = greatest(e.updated_at, excluded.updated_at);
    done := done || jsonb_build_object('id', op.id, 'at', op.stamp, 'set', op.writes);
  end loop;

  if cardinality(done) > 0 then
    board.rev := board.rev + 1;
    update public.projects p set rev = board.rev, updated_at = tela.now() where p.id = project;
    perform tela.add_history(project, board.rev, done);
    perform tela.announce_operations(project, board.epoch, board.rev, done);
  end if;
  return tela.head(board.epoch, board.rev, board.pruned_rev)
         || jsonb_build_object('refused', to_jsonb(refused));
end
$$;

-- How far a board is: asked now and then, since a lost last broadcast shows nowhere else.
create or replace function public.tela_head(project uuid)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  board record;
begin
  if tela.role_in(project) is null then
    raise exception 'You may not see this project' using errcode = '42501';
  end if;
  select p.rev, p.pruned_rev, p.epoch into board from public.projects p where p.id = project;
  return tela.head(board.epoch, board.rev, board.pruned_rev);
end
$$;

revoke all on all functions in schema tela from public, anon;
revoke all on function public.tela_push(uuid, jsonb), public.tela_head(uuid) from public, anon;
grant execute on function public.tela_push(uuid, jsonb), public.tela_head(uuid) to authenticated, service_role;
