from plugin_interface import PluginInterface
import requests

class WeatherPlugin(PluginInterface):
    def handle_message(self, context: dict) -> dict:
        city = context['message_content']
        # 调用天气API
        response = requests.get(f"https://api.weather.com/v1/city={city}")
        data = response.json()
        return {"reply_message": f"当前{city}的天气是:{data['weather']}"}

    def get_config_schema(self) -> dict:
        return {"type": "object", "properties": {"api_key": {"type": "string", "title": "API密钥"}}}
