import Redis

extension QueueScripts {
    /// The lists of a queue by priority, as kombu names them: the queue's own for 0 to 2, and one each from 3, 6 and 9
    /// on (kombu.transport.redis, `priority_steps` and `sep`). 0 is the most urgent.
    ///
    /// They are in other hash slots than the queue, so a Cluster has none and `priorities` is false there.
    ///
    /// The property stands behind the headers, among which a stamp or a caller's own may have its name: the last counts.
    static let priorityFunctions = """
        local function lists(ready, priorities)
          if not priorities then return {ready} end
          local stem = ready .. '\\6\\22'
          return {ready, stem .. '3', stem .. '6', stem .. '9'}
        end
        local function listOf(message, ready, priorities)
          local priority = priorities and tonumber(string.match(message, '.*"priority": ?(%d+)') or 0) or 0
          if priority < 3 then return ready end
          return ready .. '\\6\\22' .. (priority >= 9 and 9 or priority >= 6 and 6 or 3)
        end

        """
}
