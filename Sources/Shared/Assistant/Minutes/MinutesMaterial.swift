import MeetingMinutes

/// What a step of the pipeline works with, as an earlier one kept it.
struct MinutesMaterial {
    let request: MinutesRequest
    let making: MinutesMaking
    let place: MinutesPlace

    /// Nil where the minutes are forgotten, or nothing was said.
    ///
    /// Throws errors of the store. Two round trips.
    init?(_ id: MinutesID, _ assistant: AssistantParts) async throws {
        guard let request = try await assistant.minutes.request(of: id),
            let text = try await assistant.minutes.transcript(of: id)
        else { return nil }
        let transcript = TranscriptParser().parse(text)
        guard !transcript.utterances.isEmpty else { return nil }
        self.request = request
        let settings = assistant.profiles.profiles.settings(appID: request.appID, chatID: request.chatID)
        making = MinutesMaking(
            transcript,
            in: request.language,
            day: request.day,
            template: request.template.flatMap(settings.minutesTemplates.named) ?? .standard
        )
        place = MinutesPlace(assistant: assistant, request: request, id: id)
    }
}
