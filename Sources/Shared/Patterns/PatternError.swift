/// Why a text is no regular expression that `Pattern` knows.
package struct PatternError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case tooLong = "is too long"
        case tooLarge = "repeats too much"
        case tooDeep = "has groups in groups too deep"
        case tooManyGroups = "has too many groups that are kept"
        case openGroup = "has a group that is not closed"
        case strayParenthesis = "closes a group that is not open"
        case openClass = "has a class that is not closed"
        case wrongRange = "has a range that goes backwards, or from a class"
        case nothingToRepeat = "repeats nothing"
        case doubledRepetition = "repeats a repetition"
        case wrongCounts = "has a repetition with more at least than at most, or too many"
        case openEscape = "ends with a backslash"
        case unknownEscape = "has an escape that is not known"
        case unknownProperty = "has a property of characters that is not known"
        case backReference = "refers back to a group, which is not supported"
        case lookaround = "looks around, which is not supported"
        case groupOption = "has a kind of group that is not supported"
    }

    package let reason: Reason
    /// Where, in Unicode scalars from the beginning.
    package let position: Int

    package var description: String { "\(reason.rawValue) (at character \(position + 1))" }
}
