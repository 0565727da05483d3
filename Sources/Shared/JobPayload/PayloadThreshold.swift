/// From which size on something is done to what a task carries.
public struct PayloadThreshold: Sendable, Hashable {
    /// Up to this size, in bytes, nothing is done; nil where nothing is done at any size.
    let bytes: Int?

    /// Never.
    public static let never = PayloadThreshold(bytes: nil)

    /// To bodies of more than so many bytes.
    public static func over(bytes: Int) -> PayloadThreshold { PayloadThreshold(bytes: max(0, bytes)) }

    func isPassed(by count: Int) -> Bool { bytes.map { count > $0 } ?? false }
}
