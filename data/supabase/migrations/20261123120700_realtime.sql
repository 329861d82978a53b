-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Who may listen and speak on which private topic of Realtime:
--
--   topic            read      write            carries
--   project:<uuid>   members   the database     CANVAS_CHANGE, UPDATE
--   live:<uuid>      members   owner, editors   gestures as they happen
--   room:<uuid>      members   members          presence, pointers, laser
--   user:<uuid>      the user  the database     the list of boards
--   fal_jobs:<uuid>  the user  the database     the queue of jobs
--
-- Realtime asks when a channel is joined and when it gets a new token, and believes the answer until then. So whoever is
-- removed from a board may write nothing any more at once, but may hear what is said there until their token is renewed,
-- which is an hour by default (the lifetime of access tokens in the dashboard makes it less).

-- The caller's role on the board of the topic that Realtime asks about, if it is of one of these kinds. Never an error,
-- which would deny all topics.
create or replace function tela.topic_role(kinds text[])
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case when t.topic ~ '^[a-z_]+:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' and split_part(t.topic, ':', 1) = any (kinds)
              then tela.role_in(split_part(t.topic, ':', 2)::uuid) end
    from (select realtime.topic() as topic) as t
$$;
revoke all on function tela.topic_role(text[]) from public, anon;
grant execute on function tela.topic_role(text[]) to authenticated, service_role;

drop policy if exists tela_listen on realtime.messages;
create policy tela_listen on realtime.messages for select to authenticated
  using (
    (extension = 'broadcast' and (select tela.topic_role('{project,live,room}')) is not null)
    or (extension = 'presence' and (select tela.topic_role('{room}')) is not null)
    or (extension = 'broadcast' and (select realtime.topic()) in ('user:' || (select auth.uid())::text,
                                                                  'fal_jobs:' || (select auth.uid())::text)));

drop policy if exists tela_speak on realtime.messages;
create policy tela_speak on realtime.messages for insert to authenticated
  with check (
    (extension = 'broadcast' and (select tela.topic_role('{live}')) in ('owner', 'editor'))
    or (extension in ('broadcast', 'presence') and (select tela.topic_role('{room}')) is not null));
