/// The atomic steps of the queue, each one Lua script over the keys of one hash slot.
///
/// All time is Redis' own. Each script is bounded by the number of items it is given, so that others wait little.
package enum QueueScripts {
    /// What every script that speaks for a worker begins with.
    ///
    /// `standing(lease)`: whether a lease still protects its worker. It does until it runs out, and afterwards as long
    /// as no reaper has looked for a whole lease (Redis was away, or everybody was): then nobody can have been given
    /// its jobs. A lease of 0 is one that a reaper has condemned.
    static let leasePrelude = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local function standing(lease, reaped, ttl)
          lease = tonumber(lease or 0)
          if lease > now then return true end
          return lease > 0 and tonumber(redis.call('GET', reaped) or 0) + ttl < now
        end

        """

    /// Stands before the writes of what must go on where memory is full: leases and moves, which add next to nothing.
    ///
    /// There Redis refuses a script's first write if that could need memory, and lets everything through behind one that
    /// could not (redis.io, "Eval scripts": scripts that have written are not stopped). Such a one is this, which does
    /// nothing. What adds tasks, steps or output does not have it, and is refused as a whole. KEYS[1]: workers.
    static let evenWhenFull = """
        redis.call('ZREM', KEYS[1], '')

        """

    /// The error that begins the reply to a worker whose lease is gone.
    static let fenced = "FENCED"

    /// Tags of an in-flight hash, the newest first: pushed to the front in that order, the oldest is taken next.
    static let newestFirst = """
        local function newestFirst(tags)
          table.sort(tags, function(a, b) return tonumber(a) > tonumber(b) end)
          return tags
        end

        """
}
