"""Tells the weather of a city, from an HTTP service that answers with JSON."""

import json
import urllib.error
import urllib.parse
import urllib.request

from plugin_interface import PluginError, PluginInterface, reply, seconds_left, text

MOST_BYTES = 64 << 10
LONGEST_CITY = 50

WORDS = {
    "zh-CN": {
        "which": "哪个城市？例如：/weather 北京",
        "weather": "{city}现在的天气：{weather}",
        "degrees": "，{degrees}°C",
        "unknown": "没有找到{city}的天气。",
        "away": "天气服务现在没有回答，请稍后再试。",
    },
    "en": {
        "which": "Which city? For example: /weather Beijing",
        "weather": "The weather in {city} now: {weather}",
        "degrees": ", {degrees}°C",
        "unknown": "There is no weather of {city} to be found.",
        "away": "The weather service does not answer now; please try later.",
    },
}


class WeatherPlugin(PluginInterface):
    def handle_message(self, context: dict) -> dict:
        words = WORDS["en" if context["language"] == "en" else "zh-CN"]
        city = self.city(context)
        if not 1 <= len(city) <= LONGEST_CITY:
            raise PluginError(words["which"])
        said = self.weather(city, context, words)
        return reply(text(said), tool_result=said if "tool" in context else None)

    def city(self, context: dict) -> str:
        """From where it stands: the model's arguments, the group of a pattern, or what follows the command."""
        if "tool" in context:
            return str(context["tool"]["arguments"].get("city", "")).strip()
        matches = context.get("trigger", {}).get("matches")
        return (matches[0] if matches else context["message_content"]).strip()

    def weather(self, city: str, context: dict, words: dict) -> str:
        config = context["config"]
        url = config["endpoint"].replace("{city}", urllib.parse.quote(city, safe=""))
        headers = {"Accept": "application/json"}
        if config.get("api_key"):
            headers["Authorization"] = f"Bearer {config['api_key']}"
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, headers=headers), timeout=seconds_left(context, at_most=8)
            ) as response:
                data = json.loads(response.read(MOST_BYTES))
        except urllib.error.HTTPError as error:
            raise PluginError(words["unknown"].format(city=city) if error.code == 404 else words["away"]) from None
        except (OSError, ValueError):
            raise PluginError(words["away"]) from None
        if not isinstance(data, dict) or not isinstance(data.get("weather"), str):
            raise PluginError(words["away"])
        said = words["weather"].format(city=city, weather=data["weather"])
        degrees = data.get("temperature")
        if isinstance(degrees, (int, float)) and not isinstance(degrees, bool):
            said += words["degrees"].format(degrees=degrees)
        return said
