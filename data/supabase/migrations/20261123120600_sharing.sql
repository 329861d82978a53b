-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Inviting to a board, coming in, and who is there.

-- A link to a board, for its owner. expires_in: seconds, 0: for ever. max_uses: 0: any number.
create or replace function public.tela_invite(project uuid, role text, expires_in bigint default 0, max_uses bigint default 0)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  code text := left(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'), 40);
  made public.invites;
begin
  if project is null or role is null or role not in ('editor', 'viewer')
     or expires_in not between 0 and 366 * 24 * 3600 or max_uses < 0 then
    raise exception 'project, and role editor or viewer, are needed' using errcode = '23514';
  end if;
  if tela.role_in(project) is distinct from 'owner' then
    raise exception 'Only the owner of the project invites to it' using errcode = '42501';
  end if;
  insert into public.invites (project_id, role, created_by, expires_at, max_uses)
  select project, tela_invite.role, coalesce(auth.uid(), p.owner),
         case when expires_in > 0 then tela.now() + make_interval(secs => expires_in) end, nullif(tela_invite.max_uses, 0)
    from public.projects p where p.id = project
  returning * into made;
  insert into tela.invite_codes (hash, invite_id) values (sha256(convert_to(code, 'UTF8')), made.id);
  -- No address and no certificate: whoever is invited comes to the URL of this server, as everybody does.
  return jsonb_build_object('id', made.id, 'project', made.project_id, 'role', made.role, 'code', code,
    'expires_at', coalesce(floor(extract(epoch from made.expires_at))::bigint, 0),
    'addresses', '[]'::jsonb, 'fingerprint', null, 'host_id', made.host_id);
end
$$;

-- Whoever has a good code becomes a member. They have signed in before, as an anonymous user at least: a function of a
-- database cannot make a session. refresh_token: of the embedded backend, which can.
create or replace function public.tela_join(code text, refresh_token text default null)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  invite record;
begin
  if auth.uid() is null then
    raise exception 'Sign in first' using errcode = '42501';
  end if;
  select i.*, p.name into invite
    from tela.invite_codes c
    join public.invites i on i.id = c.invite_id
    join public.projects p on p.id = i.project_id
   where c.hash = sha256(convert_to(code, 'UTF8')) and not i.revoked and p.deleted_at is null
     and (i.expires_at is null or i.expires_at > clock_timestamp())
     and (i.max_uses is null or i.uses < i.max_uses)
     for no key update of i;
  if not found then
    raise exception 'This invitation is not valid any more' using errcode = '42501';
  end if;
  -- Nobody loses a right by a link: a viewer may become an editor, an owner stays one.
  insert into public.project_members as m (project_id, user_id, role)
  values (invite.project_id, auth.uid(), invite.role)
  on conflict (project_id, user_id) do update set role = excluded.role where m.role = 'viewer';
  update public.invites i set uses = i.uses + 1, last_used_at = tela.now() where i.id = invite.id;
  return jsonb_build_object('project', invite.project_id, 'name', invite.name, 'role', invite.role);
end
$$;

-- The members of a board and, for its owner, the invitations that may still be used. Who is connected Realtime knows, and
-- the database does not: presence tells.
create or replace function public.tela_people(project uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  role text := tela.role_in(project);
  result jsonb;
begin
  if role is null then
    raise exception 'You may not see this project' using errcode = '42501';
  end if;
  select jsonb_build_object('members', coalesce(jsonb_agg(jsonb_build_object('user_id', m.user_id, 'role', m.role,
           'name', coalesce(p.name, ''), 'connected', false) order by m.created_at, m.user_id), '[]'))
    into result
    from public.project_members m left join public.profiles p on p.id = m.user_id
   where m.project_id = project;
  if role = 'owner' then
    result := result || (
      select jsonb_build_object('invites', coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'role', i.role,
               'expires_at', coalesce(floor(extract(epoch from i.expires_at))::bigint, 0), 'uses', i.uses,
               'max_uses', coalesce(i.max_uses, 0)) order by i.created_at, i.id), '[]'))
        from public.invites i
       where i.project_id = project and not i.revoked
         and (i.expires_at is null or i.expires_at > clock_timestamp())
         and (i.max_uses is null or i.uses < i.max_uses));
  end if;
  return result;
end
$$;

-- Opens a computer to its network: there is none here to open, and nobody to whom it belongs.
create or replace function public.tela_share("on" boolean default null, certificate text default null, addresses jsonb default null)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  raise exception 'Only the owner of this computer shares it' using errcode = '42501';
end
$$;

revoke all on function public.tela_invite(uuid, text, bigint, bigint), public.tela_join(text, text),
  public.tela_people(uuid), public.tela_share(boolean, text, jsonb) from public, anon;
grant execute on function public.tela_invite(uuid, text, bigint, bigint), public.tela_join(text, text),
  public.tela_people(uuid), public.tela_share(boolean, text, jsonb) to authenticated, service_role;
