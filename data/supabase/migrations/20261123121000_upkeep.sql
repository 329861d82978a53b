-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- What is to be done once a day: by pg_cron where it is switched on (Integrations, Cron in the dashboard; then run this file
-- again), else by hand: select tela.tend();

-- Tombstones, and elements that never got a type, that nobody has written for so long go. pruned_rev tells those who were
-- away even longer that they have missed some.
create or replace function tela.prune(older_than interval default '90 days')
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  board record;
begin
  -- In one order, and under the same lock as writers: none of them waits for two.
  for board in
    select p.id from public.projects p
     where p.id in (select e.project_id from public.elements e
                     where e.updated_at < now() - older_than and tela.is_dead(e.id, e.props))
     order by p.id
  loop
    perform from public.projects p where p.id = board.id for no key update;
    with gone as (
      delete from public.elements e
       where e.project_id = board.id and e.updated_at < now() - older_than and tela.is_dead(e.id, e.props)
      returning e.rev
    )
    update public.projects p set pruned_rev = greatest(p.pruned_rev, (select max(rev) from gone)) where p.id = board.id;
  end loop;
end
$$;

-- What has been in the trash for a month is gone.
create or replace function tela.empty_trash(older_than interval default '30 days')
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  delete from public.projects where deleted_at < now() - older_than
$$;

create or replace function tela.tend()
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  select tela.prune();
  select tela.empty_trash();
  select tela.compact_history();
$$;

revoke all on all functions in schema tela from public, anon;

do $$
begin
  if exists (select from pg_extension where extname = 'pg_cron') then
    perform cron.schedule('tela-tend', '17 3 * * *', 'select tela.tend()');
  end if;
end
$$;
