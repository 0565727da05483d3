/// Decides to which addresses a request may be sent.
///
/// Asked on the transport's own thread, once for each connection that is about to be made or used: it answers at once.
package protocol AddressFilter: Sendable {
    /// - Parameter address: The other end of a connection.
    /// - Returns: Whether the request may go there.
    func allows(_ address: IPAddress) -> Bool
}
