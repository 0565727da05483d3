/// How often a task was put off, which spends no attempt, and since when.
///
/// On the wire the header `put_offs`, ours: `[count, milliseconds since 1970]`.
package struct PutOffs: Sendable, Hashable {
    package var count: Int
    package var since: WireTime

    /// With one more.
    static func after(_ before: PutOffs?, at now: WireTime) -> PutOffs {
        PutOffs(count: (before?.count ?? 0) + 1, since: before?.since ?? now)
    }
}
