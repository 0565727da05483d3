import Feishu

/// Why there is no transcript to make minutes of: an answer to who asked, after which nothing is left to do.
enum TranscriptAbsence: Error, Equatable {
    /// There is nothing that minutes could be made of.
    case nothing
    /// Nothing was said in it.
    case silent
    /// It is longer than is taken.
    case tooLong
    /// Nothing that understands speech is set up.
    case unheard
    /// Feishu does not give it out.
    case obstacle(MinutesObstacle)
    /// It was waited for long enough.
    case overdue
    /// It could not be shown that who asks may read it.
    case notAdmitted
    /// Who asks may read it, but not everybody who would see the minutes there.
    case notHere
}
