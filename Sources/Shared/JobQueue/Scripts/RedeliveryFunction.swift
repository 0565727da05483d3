import Redis

extension QueueScripts {
    /// Marks a message that goes to another worker since the one that held it died: `headers.redelivered` and
    /// `properties.delivery_info.redelivered`, as kombu does (kombu.transport.virtual, `Channel._restore`), so that a
    /// worker in Python sees it, too. Nothing else of the text changes.
    ///
    /// Cut into the text, since Redis' JSON library turns empty arrays into objects and rounds large integers. What is
    /// marked already, or has no members there, stays as it is.
    static let redeliveryFunction = """
        local function redelivered(message)
          if string.find(message, '"redelivered": ?true') then return message end
          message = string.gsub(message, '("headers": ?{)(")', '%1"redelivered":true,%2', 1)
          return (string.gsub(message, '("delivery_info": ?{)(")', '%1"redelivered":true,%2', 1))
        end

        """
}
