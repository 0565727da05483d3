/// The properties each part of a card of schema 2.0 may have; others are errors (interface specification, section 6.1).
enum CardProperties {
    static let card: Set = ["schema", "config", "card_link", "header", "body"]
    static let config: Set = [
        "streaming_mode", "streaming_config", "summary", "update_multi", "enable_forward",
        "enable_forward_interaction", "width_mode", "locales", "style", "use_custom_translation",
    ]
    static let header: Set = [
        "title", "subtitle", "text_tag_list", "i18n_text_tag_list", "template", "icon", "padding",
    ]
    static let body: Set = layout.union(["elements"])
    static let templates: Set = [
        "blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple", "indigo",
        "grey", "default",
    ]
    /// Tags of schema 1.0 that do not exist any more.
    static let withdrawn: Set = ["note", "action"]

    /// Components that people act on; a form gathers what they hold.
    static let interactive: Set = [
        "button", "input", "select_static", "multi_select_static", "select_person", "multi_select_person",
        "date_picker", "picker_time", "picker_datetime", "select_img", "checker", "overflow",
    ]

    /// What a component of this tag may have; nil for an unknown tag.
    static func of(_ tag: String) -> Set<String>? {
        elements[tag].map { $0.union(["tag", "element_id", "margin"]) }
    }

    private static let layout: Set = [
        "direction", "padding", "horizontal_spacing", "horizontal_align", "vertical_spacing", "vertical_align",
    ]
    private static let text: Set = [
        "content", "text_size", "text_color", "text_align", "lines", "icon", "i18n_content",
    ]
    private static let action: Set = [
        "name", "behaviors", "value", "confirm", "disabled", "disabled_tips", "hover_tips", "required", "width",
    ]
    private static let select: Set = action.union([
        "type", "placeholder", "options", "initial_option", "initial_index", "selected_values",
    ])
    private static let picker: Set = action.union([
        "placeholder", "initial_date", "initial_time", "initial_datetime",
    ])

    private static let elements: [String: Set<String>] = [
        "markdown": text,
        "plain_text": text,
        "lark_md": text,
        "div": ["text", "icon", "width"],
        "hr": [],
        "img": [
            "img_key", "alt", "title", "corner_radius", "scale_type", "size", "transparent", "preview", "mode",
            "custom_width", "compact_width",
        ],
        "img_combination": ["combination_mode", "corner_radius", "combination_transparent", "img_list"],
        "person": ["size", "show_avatar", "show_name", "style", "user_id"],
        "person_list": ["size", "show_avatar", "show_name", "lines", "drop_invalid_user_id", "icon", "persons"],
        "chart": ["chart_spec", "aspect_ratio", "color_theme", "preview", "height"],
        "table": [
            "page_size", "row_height", "row_max_height", "freeze_first_column", "header_style", "columns", "rows",
        ],
        "audio": ["file_key", "audio_id", "show_time", "style", "fallback"],
        "column_set": [
            "horizontal_spacing", "horizontal_align", "flex_mode", "background_style", "columns", "action",
        ],
        "column": layout.union(["width", "weight", "background_style", "elements", "action"]),
        "form": layout.union(["name", "elements", "confirm"]),
        "interactive_container": layout.union(action).union([
            "height", "background_style", "has_border", "border_color", "corner_radius", "elements",
        ]),
        "collapsible_panel": layout.union([
            "background_color", "expanded", "header", "border", "elements",
        ]),
        "button": action.union(["text", "type", "size", "icon", "form_action_type"]),
        "input": action.union([
            "placeholder", "default_value", "max_length", "input_type", "show_icon", "rows", "auto_resize",
            "max_rows", "label", "label_position", "fallback",
        ]),
        "overflow": action.union(["options"]),
        "select_static": select,
        "multi_select_static": select,
        "select_person": select,
        "multi_select_person": select,
        "date_picker": picker,
        "picker_time": picker,
        "picker_datetime": picker,
        "select_img": action.union([
            "multi_select", "layout", "can_preview", "aspect_ratio", "options", "style",
        ]),
        "checker": action.union([
            "checked", "text", "overall_checkable", "button_area", "checked_style", "padding", "pc_display_rule",
        ]),
    ]
}
