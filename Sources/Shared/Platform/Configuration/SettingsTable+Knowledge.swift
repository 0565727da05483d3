extension Setting {
    /// What the assistant looks things up in.
    static let knowledge: [Setting] = [
        Setting(
            "knowledge.folder",
            "KNOWLEDGE_FOLDER",
            .path,
            "Folder of documents that answers are looked up in; everybody who may ask finds what is in it. None: no lookup."
        ),
        Setting(
            "knowledge.poll_interval",
            "KNOWLEDGE_POLL_INTERVAL",
            .seconds(1...86_400),
            default: "30",
            "Seconds between two looks at whether documents of the folder changed."
        ),
        Setting(
            "knowledge.max_passages",
            "KNOWLEDGE_MAX_PASSAGES",
            .integer(100...1_000_000),
            default: "50000",
            "Passages of 200 to 400 tokens that are kept in memory, 3 to 12 KB each; what does not fit is left out."
        ),
        Setting(
            "knowledge.kept_files",
            "KNOWLEDGE_KEPT_FILES",
            .integer(0...200),
            default: "20",
            "Files that people of one chat may have the bot remember; 0: none."
        ),
        Setting(
            "knowledge.kept_bytes",
            "KNOWLEDGE_KEPT_BYTES",
            .integer(1_024...67_108_864),
            default: "4194304",
            "Bytes of text of all these files of one chat, which stand in Redis."
        ),
        Setting(
            "knowledge.kept_for",
            "KNOWLEDGE_KEPT_FOR",
            .seconds(60...31_536_000),
            default: "2592000",
            "Seconds after which such a file is forgotten."
        ),
    ]
}
