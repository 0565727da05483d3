import Redis

extension QueueScripts {
    /// What the scripts share that deal with lanes.
    ///
    /// A lane is an ordering key. The first of its messages that is handed out holds it, named by `{q}:lane:<key>`,
    /// until it is done or dead, through retries and the death of its worker. While it waits for its retry its name is
    /// written `~<id>`. Others that come to the front of the ready list meanwhile are parked, in their order, and let go
    /// one by one. `{q}:lanes` counts what is parked.
    ///
    /// A script cannot know the lanes of the messages it will find, so it makes these keys from the message. They share
    /// the hash slot of the declared ones by their tag. `prefix` is `{q}:`.
    ///
    /// `repark` puts a message back to where the next of its key is taken: one that was absorbed by the holder.
    ///
    /// `park` tells whether the message is to be handed out all the same: the place of one that rests was taken by one
    /// that supersedes it, or the message is cancelled and ends where it is handed out.
    ///
    /// `{q}:counts` counts what our producers `added` to the queue and what of it `ended` in whatever way, so that a
    /// survey can tell whether the difference is still there. Scripts note what ends with `finish` and tell it with
    /// `account`. Tasks of other producers are not counted.
    static let laneFunctions = memberFunction + bodyFunctions + fairnessFunctions + laneSource

    /// Whether one of our producers wrote a message, also where kombu wrote it anew as it put it back.
    static let isOurs = """
        local function isOurs(message)
          return string.find(message, '"lang":"swift"', 1, true) or string.find(message, '"lang": "swift"', 1, true)
        end

        """

    private static let laneSource = """
        local ended = 0
        \(isOurs)
        local function finish(message)
          if isOurs(message) then ended = ended + 1 end
        end
        local function account(prefix, added)
          if ended > 0 then redis.call('HINCRBY', prefix .. 'counts', 'ended', ended) end
          if added > 0 then redis.call('HINCRBY', prefix .. 'counts', 'added', added) end
        end
        local function freeUnique(prefix, key, id)
          if redis.call('GET', prefix .. 'unique:' .. key) == id then redis.call('DEL', prefix .. 'unique:' .. key) end
        end
        local function ordered(message) return member(message, 'ordering_key') end
        local function identity(message) return member(message, 'id') or '' end
        local function enter(prefix, lane, id)
          local key = prefix .. 'lane:' .. lane
          local holder = redis.call('GET', key)
          if holder == id then return true end
          if holder and holder ~= '~' .. id then return false end
          redis.call('SET', key, id)
          return true
        end
        local function rest(prefix, message)
          local lane = ordered(message)
          local id = lane and identity(message)
          if lane and redis.call('GET', prefix .. 'lane:' .. lane) == id then
            redis.call('SET', prefix .. 'lane:' .. lane, '~' .. id)
          end
        end
        local function unpark(prefix, lane)
          local message = redis.call('RPOP', prefix .. 'parked:' .. lane)
          if message and redis.call('HINCRBY', prefix .. 'lanes', lane, -1) <= 0 then
            redis.call('HDEL', prefix .. 'lanes', lane)
          end
          return message
        end
        local function drop(prefix, message)
          finish(message)
          dropBodyOf(prefix, message)
          redis.call('HDEL', prefix .. 'deliveries', identity(message))
          local unique = member(message, 'unique_key')
          if unique then freeUnique(prefix, unique, identity(message)) end
        end
        local function dropParked(prefix, lane)
          local message = unpark(prefix, lane)
          while message do
            drop(prefix, message)
            message = unpark(prefix, lane)
          end
        end
        local function supersede(prefix, lane, message)
          dropParked(prefix, lane)
          local key = prefix .. 'lane:' .. lane
          local holder = redis.call('GET', key)
          local isResting = string.sub(holder, 1, 1) == '~'
          local id = isResting and string.sub(holder, 2) or holder
          redis.call('ZADD', prefix .. 'cancelled', now + 604800000, id)
          redis.call('PUBLISH', prefix .. 'cancellations', id)
          if isResting then redis.call('SET', key, identity(message)) end
          return isResting
        end
        local function park(prefix, lane, message)
          if redis.call('ZSCORE', prefix .. 'cancelled', identity(message)) then return true end
          local policy = member(message, 'while_busy')
          if policy == 'drop' then
            drop(prefix, message)
            return false
          end
          if policy == 'latest' then dropParked(prefix, lane) end
          if policy == 'supersede' and supersede(prefix, lane, message) then return true end
          redis.call('LPUSH', prefix .. 'parked:' .. lane, message)
          redis.call('HINCRBY', prefix .. 'lanes', lane, 1)
          return false
        end
        local function repark(prefix, lane, message)
          redis.call('RPUSH', prefix .. 'parked:' .. lane, message)
          redis.call('HINCRBY', prefix .. 'lanes', lane, 1)
        end
        local function leaveLane(prefix, lane, id, ready)
          local holder = redis.call('GET', prefix .. 'lane:' .. lane)
          if holder ~= id and holder ~= '~' .. id then return end
          local message = unpark(prefix, lane)
          if message then
            redis.call('SET', prefix .. 'lane:' .. lane, identity(message))
            toFront(prefix, message, ready)
          else
            redis.call('DEL', prefix .. 'lane:' .. lane)
          end
        end

        """

    /// A text member of a message, cut out of it; nil where there is none, or one with an escape.
    ///
    /// The quote before its name is looked at last: Lua goes from one first character to the next, and a message has
    /// some eighty quotes. For every message that is handed out this is a third of a microsecond.
    private static let memberFunction = """
        local function member(message, name)
          local at = 0
          repeat at = string.find(message, name .. '":', at + 1, true)
          until not at or string.byte(message, at - 1) == 34
          return at and string.match(message, '^ ?"([^"\\\\]+)"', at + #name + 2) or nil
        end

        """

    /// Lets the next task of an ordering key go whose holder is nowhere any more.
    ///
    /// KEYS: ready. ARGV: prefix of the queue's keys, ordering key, id of the holder that was missed ('' for none).
    /// Replies 1, or 0 where the key is held by another by now.
    static let leaveLane = RedisScript(
        name: "leavelane",
        source: leasePrelude + laneFunctions + """
            local key = ARGV[1] .. 'lane:' .. ARGV[2]
            if (redis.call('GET', key) or '') ~= ARGV[3] then return 0 end
            redis.call('SET', key, ARGV[3])
            leaveLane(ARGV[1], ARGV[2], ARGV[3], KEYS[1])
            return 1
            """
    )
}
