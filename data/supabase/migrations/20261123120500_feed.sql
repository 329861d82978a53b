-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- What the database tells by itself, when it has committed: to those on a board that its row or its members changed, and
-- to each user what happened to the boards and the jobs in their lists. Realtime delivers it; the rights to listen are
-- policies of realtime.messages.

-- The same shape as what realtime.broadcast_changes() sends.
create or replace function tela.change(relation text, operation text, record jsonb, old_record jsonb)
returns jsonb
language sql
immutable parallel safe
set search_path = ''
as $$
  select jsonb_build_object('schema', 'public', 'table', relation, 'operation', operation, 'record', record,
                            'old_record', old_record)
$$;

-- To the list of boards of one user.
create or replace function tela.tell_user(user_id uuid, operation text, record jsonb, old_record jsonb)
returns void
language sql
volatile
set search_path = ''
as $$
  select realtime.send(tela.change('projects', operation, record, old_record), operation, 'user:' || user_id::text, true)
$$;

-- To all who are on the board.
create or replace function tela.tell_board(board uuid, record jsonb)
returns void
language sql
volatile
set search_path = ''
as $$
  select realtime.send(tela.change('projects', 'UPDATE', record, null), 'UPDATE', 'project:' || board::text, true)
$$;

create or replace function tela.announce_project()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  member record;
  was_gone boolean;
  is_gone boolean;
begin
  if tg_op = 'INSERT' then
    perform tela.tell_user(new.owner, 'INSERT', to_jsonb(new), null);
    return null;
  end if;
  for member in select m.user_id from public.project_members m where m.project_id = old.id loop
    if tg_op = 'DELETE' then
      perform tela.tell_user(member.user_id, 'DELETE', null, to_jsonb(old));
      continue;
    end if;
    -- To its owner a board in the trash is one that changed, to the others one that is gone.
    was_gone := old.deleted_at is not null and member.user_id <> new.owner;
    is_gone := new.deleted_at is not null and member.user_id <> new.owner;
    if is_gone and not was_gone then
      perform tela.tell_user(member.user_id, 'DELETE', null, to_jsonb(old));
    elsif was_gone and not is_gone then
      perform tela.tell_user(member.user_id, 'INSERT', to_jsonb(new), null);
    elsif not is_gone then
      perform tela.tell_user(member.user_id, 'UPDATE', to_jsonb(new), null);
    end if;
  end loop;
  if tg_op = 'DELETE' then
    return old;
  end if;
  perform tela.tell_board(new.id, to_jsonb(new));
  return null;
end
$$;
-- rev and pruned_rev are told otherwise.
create or replace trigger b_announce after insert or update of name, deleted_at, thumbnail on public.projects
  for each row execute function tela.announce_project();
-- Before: afterwards it has no members who could be told.
create or replace trigger b_announce_end before delete on public.projects
  for each row execute function tela.announce_project();

create or replace function tela.announce_member()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  member public.project_members := coalesce(new, old);
  board jsonb := (select to_jsonb(p) from public.projects p where p.id = member.project_id);
begin
  -- The owner comes and all go with the board itself, which was told.
  if board is not null and member.role <> 'owner' then
    perform tela.tell_user(member.user_id, tg_op, case when tg_op <> 'DELETE' then board end,
                           case when tg_op = 'DELETE' then board end);
    perform tela.tell_board(member.project_id, board);
  end if;
  return null;
end
$$;
create or replace trigger b_announce after insert or update or delete on public.project_members
  for each row execute function tela.announce_member();

create or replace function tela.announce_job()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform realtime.send(tela.change('fal_jobs', tg_op, to_jsonb(new), to_jsonb(old)), tg_op,
                        'fal_jobs:' || coalesce(new.user_id, old.user_id)::text, true);
  return null;
end
$$;
create or replace trigger b_announce after insert or delete or update of element_id, request_id, model, prompt, seed,
    status, queue_position, progress, error, asset, input, output, started_at, finished_at on public.fal_jobs
  for each row execute function tela.announce_job();

revoke all on all functions in schema tela from public, anon;
