import MeetingMinutes
import Platform

extension Configuration {
    /// The templates of minutes, those of the list `minutes.templates` among them.
    ///
    /// - Throws: Everything that is wrong with them, and with the settings that name one.
    func minutesTemplates() throws(MinutesTemplateProblems) -> MinutesTemplates {
        try MinutesTemplates(described: minutes.templates.map(\.fields), namedBy: namedTemplates)
    }
}
