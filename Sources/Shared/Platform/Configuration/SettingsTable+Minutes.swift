extension Setting {
    /// How minutes of meetings are made.
    static let minutes: [Setting] =
        [
            Setting(
                "minutes.template",
                "MINUTES_TEMPLATE",
                .text,
                default: "standard",
                "Template of minutes for which nobody names one: standard, stand-up, customer-call, interview, lecture, board, "
                    + "or one of minutes.templates."
            ),
            Setting(
                "minutes.documents",
                "MINUTES_DOCUMENTS",
                .flag,
                default: "true",
                "Whether minutes get a Feishu document, with the transcript, that the chat and those who took part may read."
            ),
        ] + templates

    /// Templates of one's own.
    static let templates: [Setting] = [
        Setting(
            "minutes.templates[].name",
            "MINUTES_TEMPLATES_NAME",
            .identifier,
            "What a template is called here and in commands; one that comes with the assistant may be replaced."
        ),
        Setting(
            "minutes.templates[].title",
            "MINUTES_TEMPLATES_TITLE",
            .text,
            "What people call it, in both languages if need be: 复盘 | Retrospective."
        ),
        Setting(
            "minutes.templates[].aliases",
            "MINUTES_TEMPLATES_ALIASES",
            .words,
            "Other names of it; case, blanks and hyphens do not matter."
        ),
        Setting(
            "minutes.templates[].sections",
            "MINUTES_TEMPLATES_SECTIONS",
            .words,
            "Its sections in order, each a kind or heading = kind + kind, with by person behind it where it goes by people; "
                + "kinds: summary, topic, decision, action, question, risk, number."
        ),
        Setting(
            "minutes.templates[].facts",
            "MINUTES_TEMPLATES_FACTS",
            .prose,
            "What the kinds are in such a meeting; a model is told it with each part of the transcript."
        ),
        Setting(
            "minutes.templates[].summary",
            "MINUTES_TEMPLATES_SUMMARY",
            .prose,
            "What the summary of such a meeting is to say."
        ),
        Setting(
            "minutes.templates[].most_lines",
            "MINUTES_TEMPLATES_MOST_LINES",
            .integer(1...50),
            "The most lines of each kind; none: as many as minutes have anyway."
        ),
    ]
}
