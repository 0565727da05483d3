import Redis

extension QueueScripts {
    /// What the scripts share that count the parts of chords.
    ///
    /// The keys of a chord are Celery's (celery.backends.redis, `on_chord_part_return`, 5.7): `.s` its size, `.t` what
    /// was added to it later, `.j` the parts by their index (a list with `result_chord_ordered` off), `.d` which parts have
    /// ended, `.c` who calls the body, or `done`. A Python worker that is about to call it is left to do so.
    ///
    /// `countPart(base, life, id, index, state, value)` counts a part, once however often it is told, and says whether
    /// all have ended. `judgeChord(base)` then says how it went: true and the results as a JSON list, or false, the
    /// error of the part that failed, that of the chord, and both once more with the traceback of a result behind them.
    /// `endChord(base, isSuccess)` forgets it once its body is called.
    static let chordFunctions = """
        local countPart, judgeChord, endChord
        do
          local function value(part)
            local id, state, at = string.match(part, '^%[%s*1,%s*"([^"]*)",%s*"([^"]*)",%s*()')
            if not id then return nil, 'FAILURE', 'null' end
            return id, state, string.sub(part, at, -2)
          end
          local function quoted(text)
            return '"' .. string.gsub(string.gsub(text, '["\\\\]', '\\\\%0'), '[\\1-\\31]', function(character)
              return string.format('\\\\u%04x', string.byte(character))
            end) .. '"'
          end
          -- As Python's repr() shows it.
          local function shown(argument)
            if type(argument) ~= 'string' then return tostring(argument) end
            local mark = string.find(argument, "'", 1, true) and not string.find(argument, '"', 1, true) and '"' or "'"
            argument = string.gsub(argument, '\\\\', '\\\\\\\\')
            if mark == "'" then argument = string.gsub(argument, "'", "\\\\'") end
            argument = string.gsub(string.gsub(string.gsub(argument, '\\n', '\\\\n'), '\\r', '\\\\r'), '\\t', '\\\\t')
            return mark .. argument .. mark
          end
          local function exception(json)
            local isJSON, error = pcall(cjson.decode, json)
            if not isJSON or type(error) ~= 'table' then return 'Exception()' end
            local arguments = error.exc_message
            if type(arguments) ~= 'table' then arguments = {arguments} end
            local texts = {}
            for index, argument in ipairs(arguments) do texts[index] = shown(argument) end
            return tostring(error.exc_type) .. '(' .. table.concat(texts, ', ') .. ')'
          end
          local function chordError(message)
            return '{"exc_type": "ChordError", "exc_message": [' .. quoted(message)
              .. '], "exc_module": "celery.exceptions"}'
          end
          -- An exception object, and behind it the traceback of a result, as the Python worker writes one that finds it.
          local function traced(json, base)
            local isJSON, error = pcall(cjson.decode, json)
            if not isJSON or type(error) ~= 'table' then return json .. ', "traceback": null' end
            local arguments, texts = error.exc_message, {}
            if type(arguments) ~= 'table' then arguments = {arguments} end
            for index, argument in ipairs(arguments) do texts[index] = shown(argument) end
            local said = #texts > 1 and '(' .. table.concat(texts, ', ') .. ')'
              or texts[1] and (type(arguments[1]) == 'string' and arguments[1] or texts[1]) or ''
            local isNamed = type(error.exc_module) == 'string' and error.exc_module ~= 'builtins'
            local last = (isNamed and error.exc_module .. '.' or '') .. tostring(error.exc_type) .. (said == '' and '' or ': ' .. said)
            local group = string.match(base, 'celery%-taskset%-meta%-(.-)}?$') or ''
            return json .. ', "traceback": ' .. quoted('Traceback (most recent call last):\\n'
              .. '  File "<swift>", line 1, in celery.chord\\n    chord ' .. group .. '\\n' .. last .. '\\n')
          end
          -- The values in the form of the saved results of the header: [[id, parent], children or null].
          local function nested(reference, values)
            if type(reference[2]) ~= 'table' then return values[reference[1][1]] or 'null' end
            local texts = {}
            for index, child in ipairs(reference[2]) do texts[index] = nested(child, values) end
            return '[' .. table.concat(texts, ', ') .. ']'
          end

          countPart = function(base, life, id, index, state, text)
            if redis.call('GET', base .. '.c') == 'done' then return false end
            local encoded = '[1, "' .. id .. '", "' .. state .. '", ' .. text .. ']'
            local isList = redis.call('TYPE', base .. '.j').ok == 'list'
            if redis.call('SADD', base .. '.d', id .. ':' .. index) == 1 then
              if isList then redis.call('RPUSH', base .. '.j', encoded)
              else redis.call('ZADD', base .. '.j', index, encoded) end
            end
            if life > 0 then
              for _, suffix in ipairs({'.j', '.t', '.s', '.d', ''}) do redis.call('PEXPIRE', base .. suffix, life) end
            end
            local size = redis.call('GET', base .. '.s')
            local count = redis.call(isList and 'LLEN' or 'ZCARD', base .. '.j')
            return size and count == tonumber(size) + tonumber(redis.call('GET', base .. '.t') or 0)
          end
          judgeChord = function(base)
            local isSorted = redis.call('TYPE', base .. '.j').ok ~= 'list'
            local parts = redis.call(isSorted and 'ZRANGE' or 'LRANGE', base .. '.j', 0, -1)
            local saved = redis.call('GET', base)
            local values, ordered = {}, {}
            for index, each in ipairs(parts) do
              local id, state, text = value(each)
              if state ~= 'SUCCESS' then
                local raised = exception(text)
                local error = chordError(saved and 'Join error: ' .. raised
                  or 'Dependency ' .. tostring(id) .. ' raised ' .. raised)
                return false, text, error, traced(text, base), traced(error, base)
              end
              ordered[index] = text
              values[id] = text
            end
            local isJSON, structure = pcall(cjson.decode, saved or '')
            if isJSON and type(structure) == 'table' and type(structure.result) == 'table' then
              return true, nested(structure.result, values)
            end
            return true, '[' .. table.concat(ordered, ', ') .. ']'
          end
          endChord = function(base, isSuccess)
            if not isSuccess then
              -- Where results are kept for ever, what nobody reads any more is not.
              if redis.call('PTTL', base .. '.j') == -1 then
                for _, suffix in ipairs({'.j', '.t', '.d'}) do redis.call('PEXPIRE', base .. suffix, 86400000) end
              end
              return redis.call('DEL', base .. '.s')
            end
            redis.call('DEL', base .. '.j', base .. '.t', base .. '.s', base .. '.d')
            redis.call('SET', base .. '.c', 'done', 'EX', 300)
          end
        end

        """
}
