import Redis

extension QueueScripts {
    /// What the scripts share that deal with lanes.
    ///
    /// A lane is an ordering key. The first of its messages that is handed out holds it, named by `{q}:lane:<key>`,
    /// until it is done or dead, through retries and the death of its worker. Others that come to the front of the
    /// ready list meanwhile are parked, in their order, and let go one by one. `{q}:lanes` counts what is parked.
    ///
    /// A script cannot know the lanes of the messages it will find, so it makes these keys from the message. They share
    /// the hash slot of the declared ones by their tag. `prefix` is `{q}:`.
    static let laneFunctions = """
        local function member(message, name)
          local at = string.find(message, name .. '":', 1, true)
          return at and string.match(message, '^ ?"([^"\\\\]+)"', at + #name + 2) or nil
        end
        local function ordered(message) return member(message, 'ordering_key') end
        local function identity(message) return member(message, '"id') or '' end
        local function enter(prefix, lane, id)
          local key = prefix .. 'lane:' .. lane
          local holder = redis.call('GET', key)
          if not holder then redis.call('SET', key, id) end
          return not holder or holder == id
        end
        local function unpark(prefix, lane)
          local message = redis.call('RPOP', prefix .. 'parked:' .. lane)
          if message and redis.call('HINCRBY', prefix .. 'lanes', lane, -1) <= 0 then
            redis.call('HDEL', prefix .. 'lanes', lane)
          end
          return message
        end
        local function park(prefix, lane, message)
          local policy = member(message, 'while_busy')
          if policy == 'drop' then return end
          if policy == 'latest' then while unpark(prefix, lane) do end end
          redis.call('LPUSH', prefix .. 'parked:' .. lane, message)
          redis.call('HINCRBY', prefix .. 'lanes', lane, 1)
        end
        local function leaveLane(prefix, lane, id, ready)
          if redis.call('GET', prefix .. 'lane:' .. lane) ~= id then return end
          local message = unpark(prefix, lane)
          if message then
            redis.call('SET', prefix .. 'lane:' .. lane, identity(message))
            redis.call('RPUSH', ready, message)
          else
            redis.call('DEL', prefix .. 'lane:' .. lane)
          end
        end

        """

    /// Lets the next task of an ordering key go whose holder is nowhere any more.
    ///
    /// KEYS: ready. ARGV: prefix of the queue's keys, ordering key, id of the holder that was missed ('' for none).
    /// Replies 1, or 0 where the key is held by another by now.
    static let leaveLane = RedisScript(
        name: "leavelane",
        source: laneFunctions + """
            local key = ARGV[1] .. 'lane:' .. ARGV[2]
            if (redis.call('GET', key) or '') ~= ARGV[3] then return 0 end
            redis.call('SET', key, ARGV[3])
            leaveLane(ARGV[1], ARGV[2], ARGV[3], KEYS[1])
            return 1
            """
    )
}
