import sys
import types
import unittest
from unittest import mock

from plugin_interface.testing import call


class WeatherTests(unittest.TestCase):
    def test_asks_the_service_and_answers(self):
        # In the place of `requests`, which tests need not install.
        requests = types.ModuleType("requests")
        requests.get = mock.Mock(return_value=mock.Mock(json=lambda: {"weather": "晴"}))
        with mock.patch.dict(sys.modules, requests=requests):
            from weather import WeatherPlugin

            self.assertEqual(call(WeatherPlugin, "北京"), {"reply_message": "当前北京的天气是:晴"})
        requests.get.assert_called_once_with("https://api.weather.com/v1/city=北京")


if __name__ == "__main__":
    unittest.main()
