import Redis

extension QueueScripts {
    /// What the scripts share that carry out a `CanvasPlan`; they need `now`, `storeResult` and `chordFunctions`.
    ///
    /// `carryOut(plan, blobs, first)` does what a plan says, a JSON text, whose bodies stand at `blobs[first + …]`. Where
    /// the last part of a chord ends, its body, or its failure, follows in the same step, and so on for the chords
    /// that wait for those.
    ///
    /// On a Cluster a plan may name the keys of one hash slot only; `CanvasPlan.divided(for:)` sees to that.
    ///
    /// Nothing is decoded that is passed on: values stay the texts that they are.
    static let canvasFunctions =
        chordFunctions + """
            local function carryOut(text, blobs, first)
              local function escaped(json)
                return (string.gsub(string.gsub(json, '[\\1-\\31]', ' '), '["\\\\]', '\\\\%0'))
              end
              local function filled(template, gaps)
                if not template.g then return template.a end
                return template.a .. gaps[template.g] .. template.b
              end
              local carry
              local function publish(message, gaps)
                local prefix, text = message.p, filled(message, gaps)
                if message.k then
                  redis.call('SET', message.k, blobs[first + message.n])
                  redis.call('ZADD', prefix .. 'bodies', now, message.r)
                end
                if message.d then
                  while redis.call('ZADD', prefix .. 'scheduled', 'NX', message.d, text) == 0 do text = text .. ' ' end
                else
                  redis.call('LPUSH', message.l, text)
                end
                redis.call('HINCRBY', prefix .. 'counts', 'added', 1)
                if message.w then redis.call('PUBLISH', prefix .. 'wake', '') end
                if message.e then redis.call('PUBLISH', message.h, message.e) end
              end
              local function finishPart(part, gaps)
                if not countPart(part.k, part.l, part.i, part.x or '+inf', part.s, part.v or gaps.e) then return end
                if redis.call('EXISTS', part.k .. '.c') == 1 then return end
                local isSuccess, first, second, third, fourth = judgeChord(part.k)
                if isSuccess then carry(part.success, {r = escaped(first), l = first})
                else carry(part.failure, {c = first, e = second, C = third, E = fourth}) end
                endChord(part.k, isSuccess)
              end
              carry = function(plan, gaps)
                for _, setup in ipairs(plan.setups or {}) do
                  redis.call('DEL', setup.k .. '.c')
                  redis.call('SET', setup.k .. '.s', setup.n)
                  if setup.g then redis.call('SET', setup.k, setup.g) end
                  if setup.l > 0 then
                    redis.call('PEXPIRE', setup.k .. '.s', setup.l)
                    redis.call('PEXPIRE', setup.k, setup.l)
                  end
                end
                for _, result in ipairs(plan.results or {}) do storeResult(result.k, result.l, filled(result, gaps)) end
                for _, message in ipairs(plan.messages or {}) do publish(message, gaps) end
                for _, part in ipairs(plan.parts or {}) do finishPart(part, gaps) end
              end
              carry(cjson.decode(text), {})
            end

            """
}
