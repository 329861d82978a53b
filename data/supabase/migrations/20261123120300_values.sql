-- Copyright The Tela authors
-- SPDX-License-Identifier: GPL-3.0-or-later

-- Values of properties: which are refused, and which of two with equal stamps wins. Tela says the same of each, to the
-- letter, or boards would differ for ever between server and clients.

-- A number as JavaScript writes it: plain from 1e-6 to below 1e21, else with an exponent. No digit is dropped.
create or replace function tela.number_text(n numeric)
returns text
language plpgsql
immutable parallel safe
set search_path = ''
as $$
declare
  plain text := trim_scale(abs(n))::text;
  dot int := strpos(plain, '.');
  point int := case when dot > 0 then dot - 1 else length(plain) end;
  digits text := replace(plain, '.', '');
  result text;
begin
  if n = 0 then
    return '0';
  end if;
  point := point - length(digits) + length(ltrim(digits, '0'));
  digits := btrim(digits, '0');
  if point between 1 and 21 then
    result := rpad(digits, greatest(point, length(digits)), '0');
    if point < length(result) then
      result := left(result, point) || '.' || substr(result, point + 1);
    end if;
  elsif point between -5 and 0 then
    result := '0.' || repeat('0', -point) || digits;
  else
    result := left(digits, 1) || case when length(digits) > 1 then '.' else '' end
      || substr(digits, 2) || 'e' || case when point > 0 then '+' else '' end || (point - 1)::text;
  end if;
  return case when n < 0 then '-' || result else result end;
end
$$;

-- The double that is nearest, as the shortest number that means it. NULL: there is none as large.
create or replace function tela.as_double(n numeric)
returns numeric
language sql
immutable parallel safe
set search_path = ''
as $$
  select case
    when abs(n) >= 1.7976931348623158e308 then null
    when abs(n) < 2.5e-324 then 0
    else n::double precision::text::numeric
  end
$$;

-- An array of numbers is one of doubles: 1. One of pairs of numbers: 2. Any other: 0. Digits beyond a double's are
-- dropped from coordinates, and nowhere else: then it is no such array.
create or replace function tela.stride(value jsonb)
returns int
language plpgsql
immutable parallel safe
set search_path = ''
as $$
declare
  result int := 0;
begin
  if value @? 'strict $[*] ? (@.type() != "number")' = false then
    result := case when value = '[]' then 0 else 1 end;
  elsif value @? 'strict $[*] ? (@.type() != "array")' = false
        and value @? 'strict $[*] ? (@.size() != 2)' = false
        and value @? 'strict $[*][*] ? (@.type() != "number")' = false then
    result := 2;
  end if;
  if result > 0
     and exists (select from jsonb_path_query(value, '$[*][*] ? (@ > 10000000 || @ < -10000000)') as n,
                             tela.as_double(n::numeric) as double
                  where double is null or (abs(double) > 10000000 and double <> n::numeric)) then
    result := 0;
  end if;
  return result;
end
$$;

-- The one text of a value: names in the order of their bytes, no white space, numbers as above.
create or replace function tela.canonical(value jsonb, rounded boolean default null)
returns text
language plpgsql
immutable parallel safe
set search_path = ''
as $$
begin
  case jsonb_typeof(value)
  when 'number' then
    return tela.number_text(case when rounded then tela.as_double(value::numeric) else value::numeric end);
  when 'array' then
    rounded := coalesce(rounded, tela.stride(value) > 0);
    return '[' || coalesce((select string_agg(tela.canonical(e, rounded), ',' order by i)
      from jsonb_array_elements(value) with ordinality as x (e, i)), '') || ']';
  when 'object' then
    return '{' || coalesce((select string_agg(to_json(k)::text || ':' || tela.canonical(v, false), ','
        order by k collate "C")
      from jsonb_each(value) as x (k, v)), '') || '}';
  else
    return value::text;
  end case;
end
$$;

-- More brackets are open at once than an operation, a frame and a file around them leave room for.
create or replace function tela.is_too_deep(value jsonb)
returns boolean
language plpgsql
immutable parallel safe
set search_path = ''
as $$
declare
  brackets text := value::text;
  depth int := 0;
begin
  if length(brackets) <= 2 * 96 then
    return false;
  end if;
  brackets := regexp_replace(brackets, '"([^"\\]|\\.)*"', '', 'g');
  brackets := regexp_replace(brackets, '[^][{}]', '', 'g');
  if length(brackets) <= 2 * 96 then
    return false;
  end if;
  for i in 1 .. length(brackets) loop
    depth := depth + case when substr(brackets, i, 1) in ('[', '{') then 1 else -1 end;
    if depth > 96 then
      return true;
    end if;
  end loop;
  return false;
end
$$;

create or replace function tela.is_geometry(name text)
returns boolean
language sql
immutable parallel safe
as $$
  select name in ('x', 'y', 'width', 'height', 'angle', 'strokeWidth', 'roughness', 'opacity', 'fontSize', 'lineHeight',
                  'baseline', 'scale', 'points', 'pressures', 'lastCommittedPoint')
$$;

create or replace function tela.check_number(name text, n numeric, out code text, out message text)
language plpgsql
immutable parallel safe
set search_path = ''
as $$
begin
  if tela.is_geometry(name) and abs(n) > 10000000 then
    n := tela.as_double(n);
    if n is null or abs(n) > 10000000 then
      code := 'invalid';
      message := name || ': ' || case when n is null then 'not a finite number' else 'the number is out of range' end;
    end if;
  end if;
end
$$;

create or replace function tela.check_array(name text, value jsonb, out code text, out message text)
language plpgsql
immutable parallel safe
set search_path = ''
as $$
declare
  stride int := tela.stride(value);
  items int := jsonb_array_length(value);
begin
  if stride = 0 then
    if tela.is_too_deep(value) then
      code := 'invalid';
      message := name || ': nested too deeply';
    end if;
  elsif (case when name in ('points', 'pressures') then items > 20000 else items * stride > 131072 end) then
    code := 'too_large';
    message := name || ': too many numbers';
  elsif tela.is_geometry(name)
        and exists (select from jsonb_path_query(value, '$[*][*] ? (@ > 10000000 || @ < -10000000)') as n
                     where abs(tela.as_double(n::numeric)) > 10000000) then
    code := 'invalid';
    message := name || ': the number is out of range';
  end if;
end
$$;

-- What is wrong with a property, NULL: nothing. Properties without a rule are free.
create or replace function tela.check_property(name text, value jsonb, out code text, out message text)
language plpgsql
immutable parallel safe
set search_path = ''
as $$
begin
  if octet_length(name) not between 1 and 255 or name = 'id' then
    code := 'invalid';
    message := left(name, 40) || ': not a name for a property';
    return;
  end if;
  case jsonb_typeof(value)
  when 'number' then
    select * into code, message from tela.check_number(name, value::numeric);
  when 'array' then
    select * into code, message from tela.check_array(name, value);
  when 'object' then
    if tela.is_too_deep(value) then
      code := 'invalid';
      message := name || ': nested too deeply';
    end if;
  else
    null;
  end case;
  if code is null and octet_length(value::text) > 1048576
     and (jsonb_typeof(value) <> 'array' or tela.stride(value) = 0)
     and octet_length(case jsonb_typeof(value)
           when 'string' then value #>> '{}' else tela.canonical(value) end) > 1048576 then
    code := 'too_large';
    message := name || ': the text is over 1 MB';
  end if;
end
$$;

revoke all on all functions in schema tela from public, anon;
