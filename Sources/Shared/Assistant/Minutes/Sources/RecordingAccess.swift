import Feishu

/// Who gets minutes of a recording that they link to.
///
/// Feishu is asked with the app's right, and the app may read what the asker may not; whether a person may read a recording
/// Feishu only tells that person's own token, which this product does not ask for. So it is taken from what Feishu tells the
/// app: whose the recording is, and with whom it is shared (`GET /drive/v1/permissions/:token/members`), which for a
/// recorded meeting are as a rule those who took part. Who may read it by a link for the whole company, or through a
/// department, cannot be told from a stranger, and is refused. Where the list is not to be had only the owner remains.
///
/// In a group everybody would read along: there the owner decides by asking, and nobody else may, unless the recording is
/// shared with that very group.
struct RecordingAccess {
    /// Open id of whom it belongs to.
    let ownerID: String?
    /// With whom it is shared; empty where that may not be known.
    let readers: [DocumentMember]

    /// - Parameters:
    ///   - askerID: Open id of who asks; nil where that is not known.
    ///   - chatID: Where.
    ///   - isGroup: Whether others are there.
    /// - Returns: Why they do not get them; nil where they do.
    func refusal(of askerID: String?, in chatID: String?, isGroup: Bool) -> TranscriptAbsence? {
        guard let askerID else { return .notAdmitted }
        if ownerID == askerID { return nil }
        if isGroup, let chatID, readers.contains(.chat(chatID)) { return nil }
        guard readers.contains(.person(askerID)) else { return .notAdmitted }
        return isGroup ? .notHere : nil
    }
}
