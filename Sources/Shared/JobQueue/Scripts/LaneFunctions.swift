extension QueueScripts {
    /// What the scripts share that deal with lanes: `ordered(message)`, `enter`, `leaveLane`.
    ///
    /// A lane is an ordering key. At most one of its messages is anywhere but in its parked list: the holder, named by
    /// `{q}:lane:<key>`. So whatever stands in the ready list may run, and taking it needs no look at its lane.
    /// `{q}:lanes` counts what is parked in each, for those who list or count.
    ///
    /// Where a script cannot know the lanes of its messages beforehand it makes these keys from the message; they share
    /// the hash slot of the declared ones by their tag. `prefix` is `{q}:`.
    static let laneFunctions = """
        local function member(message, name)
          local at = string.find(message, '"' .. name .. '":', 1, true)
          return at and string.match(message, '^ ?"([^"\\\\]+)"', at + #name + 3) or nil
        end
        local function ordered(message) return member(message, 'ordering_key') end
        local function enter(prefix, lane, id)
          local key = prefix .. 'lane:' .. lane
          local holder = redis.call('GET', key)
          if not holder then redis.call('SET', key, id) end
          return not holder or holder == id
        end
        local function park(prefix, lane, message)
          redis.call('LPUSH', prefix .. 'parked:' .. lane, message)
          redis.call('HINCRBY', prefix .. 'lanes', lane, 1)
        end
        local function unpark(prefix, lane)
          local message = redis.call('RPOP', prefix .. 'parked:' .. lane)
          if message and redis.call('HINCRBY', prefix .. 'lanes', lane, -1) <= 0 then
            redis.call('HDEL', prefix .. 'lanes', lane)
          end
          return message
        end
        local function leaveLane(prefix, lane, id, ready)
          if redis.call('GET', prefix .. 'lane:' .. lane) ~= id then return end
          local message = unpark(prefix, lane)
          if message then
            redis.call('SET', prefix .. 'lane:' .. lane, member(message, 'id') or '')
            redis.call('RPUSH', ready, message)
          else
            redis.call('DEL', prefix .. 'lane:' .. lane)
          end
        end

        """
}
