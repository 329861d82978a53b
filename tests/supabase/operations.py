# Copyright The Tela authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations as a network delivers them: late, out of order, again, at equal stamps; and some that nobody should send."""
import time


def stamp(ahead_ms, counter, actor="a1b2c3d4e5f60718"):
    return f"{int(time.time() * 1000) + ahead_ms:012x}{counter:04x}-{actor}"


class Operations:
    NAMES = ["x", "y", "width", "strokeColor", "text", "points", "customData", "isDeleted", "base", "=base", "==base",
             "groupIds", "seed", "link", "opacity", "type", "é", "a b", "\\\"quoted\\\""]
    VALUES = [
        "0", "-0", "1", "-1", "10", "2.50", "0.1", "1e-7", "0.0000012", "123456.789e3", "1e21", "1e20", "123456789012345678901234567890",
        "0.1000000000000000055511151231257827", "5e-324", "1.7976931348623157e308", "1e300", "-1.5e-9", "9007199254740993",
        "true", "false", "null", '""', '"a"', '"b"', '"A"', '"\\u00e9"', '"\\ud83d\\ude00"', '"\\n\\t\\"\\\\/\\u0001\\u007f"', '"10"',
        "[]", "{}", "[1,2,3]", "[[0,0],[10.5,-3.25]]", "[[0,0],[1]]", "[1,[2,3]]", "[0.1000000000000000055511151231257827]",
        "[0.1]", '["a",0.1000000000000000055511151231257827]', "[1e300,2]", '{"b":1,"a":[1,{"d":null,"c":2.0}],"é":"x","Z":0}',
        '{"$unset":true}', '{"$unset":false}', '{"$unset":true,"x":1}', '{"type":3}', '[{"id":"t","type":"text"}]',
        "[[[1,2],[3,4]]]", "[[1,2],[3,1e30]]", "[null]", "[[]]", "[1.0,1]", "[-0]", "[[-0,0]]", "1.0", "100e-2",
    ]

    def __init__(self, chance):
        self.chance = chance
        self.sent = []

    def value(self, name):
        chance = self.chance
        if name == "type":
            return chance.choice(['"rectangle"', '"line"', '"text"', '{"$unset":true}', '"ellipse"'])
        if name == "isDeleted":
            return chance.choice(["true", "false", "true", '"true"', '{"$unset":true}'])
        if name == "points" and chance.random() < 0.7:
            pairs = ",".join(f"[{chance.uniform(-500, 500)!r},{chance.uniform(-500, 500):.20f}]" for _ in range(chance.randrange(1, 40)))
            return f"[{pairs}]"
        if name in ("x", "y", "width", "opacity") and chance.random() < 0.8:
            return repr(round(chance.uniform(-1000, 1000), chance.randrange(0, 16)))
        good = [value for value in self.VALUES if not self.is_bad(name, value)]
        return chance.choice(good)

    @staticmethod
    def is_bad(name, value):
        """Those that are refused as geometry have their own test."""
        return "e30" in value or "e2" in value or len(value) > 24

    def operation(self):
        chance = self.chance
        element = chance.choice(["a", "b", "c", "d", "e", "f", "g", "board", "with space", "~\\\"\\\\"])
        # A small number of moments and actors: equal stamps are frequent.
        at = f"{1700000000000 + chance.randrange(8):012x}{chance.randrange(2):04x}-{chance.choice(['0' * 16, 'ffffffffffffffff', 'a1b2c3d4e5f60718'])}"
        if chance.random() < 0.3:
            at = stamp(-chance.randrange(100000), chance.randrange(3))
        names = chance.sample(self.NAMES, chance.randrange(1, 6))
        if chance.random() < 0.08:
            return f'{{"id":"{element}","at":"{at}","delete":true}}'
        members = ",".join(f'"{name}":{self.value(name)}' for name in names)
        return f'{{"id":"{element}","set":{{{members}}},"at":"{at}","more":[1]}}'

    def calls(self, n):
        """Lists of operations, some of which were sent before."""
        chance = self.chance
        odd = self.odd_operations()
        waiting = []
        for _ in range(n):
            waiting += [self.operation() for _ in range(chance.randrange(0, 10))]
            chance.shuffle(waiting)
            count = chance.randrange(0, len(waiting) + 1)
            call, waiting = waiting[:count], waiting[count:]
            call += chance.sample(self.sent, min(len(self.sent), chance.randrange(0, 4)))
            self.sent += call
            if chance.random() < 0.4:
                call.insert(chance.randrange(0, len(call) + 1), chance.choice(odd))
            yield call

    def odd_operations(self):
        """Each with one fault at most."""
        now, far, near = stamp(0, 0), stamp(900000, 0), stamp(30000, 0)
        deep = "[" * 96 + "]" * 96
        sets = ['"x":1e8', '"x":-10000001', '"x":10000000', '"width":1e400', '"seed":1e400', '"seed":1e-400', '"x":1e-400',
                '"points":[[1e8,1]]', '"points":[[0,1e400]]', '"points":[123456789012345678901234]', '"points":["a"]', '"scale":[1e9,1]',
                '"x":"far"', '"":1', '"id":"x"', f'"{"n" * 255}":1', f'"{"n" * 256}":1', f'"v":{deep}', f'"v":[{deep}]',
                f'"v":{{"a":{deep}}}', '"v":"[[[["', f'"points":[{",".join(["[1,2]"] * 20001)}]', f'"pressures":[{",".join(["0.5"] * 20001)}]',
                f'"points":[{",".join(["1"] * 20000)}]', '"crop":{"x":1e9}', '"points":[[1,2,3],[4,5]]', '"x":10000000.0000000001']
        odd = [f'{{"id":"odd{i}","at":"{now}","set":{{{members}}}}}' for i, members in enumerate(sets)]
        odd += [f'{{"id":"future","at":"{far}","set":{{"x":1}}}}', f'{{"id":"near","at":"{near}","set":{{"x":1}}}}',
                "7", "null", "[]", "{}", '"text"', '{"id":"a"}', f'{{"at":"{now}","set":{{"x":1}}}}',
                '{"id":"a","at":"x","set":{"x":1}}', f'{{"id":7,"at":"{now}","set":{{"x":1}}}}', '{"id":"a","at":7,"set":{"x":1}}',
                f'{{"id":"a","at":"{now.upper()}","set":{{"x":1}}}}', f'{{"id":"a","at":"{now}","set":[]}}', f'{{"id":"a","at":"{now}","set":{{}}}}',
                f'{{"id":"a","at":"{now}"}}', f'{{"id":"","at":"{now}","set":{{"x":1}}}}', f'{{"id":"\\u0007","at":"{now}","set":{{"x":1}}}}',
                f'{{"id":"é","at":"{now}","set":{{"x":1}}}}', f'{{"id":"{"i" * 65}","at":"{now}","set":{{"x":1}}}}', f'{{"id":"{"i" * 64}","at":"{now}","set":{{"x":1}}}}',
                f'{{"id":"a","at":"{now}","delete":1}}', f'{{"id":"late","at":"{now}","delete":false,"set":{{"x":1}}}}',
                f'{{"id":"both","at":"{now}","delete":true,"set":{{"x":1,"isDeleted":false}}}}', f'{{"id":"a","at":"{now}","delete":false}}',
                f'{{"id":"a\\n","at":"{now}","set":{{"x":1}}}}', f'{{"id":"a","at":"{now}\\n","set":{{"x":1}}}}']
        return odd
