/// Ids for what follows from a task and has none yet: the same each time that the same is derived, so that a task that
/// is finished twice adds nothing twice.
struct DerivedIDs {
    private let source: String
    private var count: UInt64 = 0

    /// - Parameter source: The id of the task from which all follows.
    init(from source: String) { self.source = source }

    /// The next id, a lower-case UUID of version 8 (RFC 9562, 5.8: made by rules of one's own).
    mutating func next() -> String {
        count += 1
        // FNV-1a of 64 bits twice, from two starting points and mixed: ids need to differ, not to be secret.
        func hash(_ start: UInt64) -> UInt64 {
            var hash = start ^ count &* 0x9E37_79B9_7F4A_7C15
            for byte in source.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
            hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
            return hash ^ hash >> 33
        }
        return RandomUUID.text(hash(0xCBF2_9CE4_8422_2325), hash(0x8422_2325_CBF2_9CE4), version: 8)
    }
}
