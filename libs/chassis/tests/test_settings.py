from pathlib import Path

import pytest
from pydantic import Field

from chassis import settings
from chassis.settings import ServiceSettings, SettingsError, TlsFiles, describe, load

PREFIX = "TEST_HOUSE_"


class House(ServiceSettings):
    port: int = Field(default=50051, description="Port.")
    names: tuple[str, ...] = Field(default=(), description="Names | of rooms.")
    limits: dict[str, int] | None = Field(default=None, description="Limits by room.")
    kind: str = Field(description="Which kind of house.")
    files: TlsFiles | None = Field(default=None, description="Files.")


def read(**variables: str) -> House:
    return load(House, prefix=PREFIX, environ={f"{PREFIX}{name}": value for name, value in variables.items()})


def test_a_default_stands_where_nothing_is_said() -> None:
    assert read(KIND="brick").port == 50051


def test_the_environment_speaks_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "house.yaml"
    file.write_text("port: 1\nmax_running: 3\nkind: wood\n")

    house = read(CONFIG_FILE=str(file), PORT="2")

    assert (house.port, house.max_running, house.kind, house.max_waiting) == (2, 3, "wood", 32)


def test_an_unknown_variable_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(SettingsError, match=r"TEST_HOUSE_MAX_RUNING .* the nearest is TEST_HOUSE_MAX_RUNNING"):
        read(KIND="brick", MAX_RUNING="3")


def test_an_unknown_key_of_the_file_is_refused_with_the_nearest_known_one(tmp_path: Path) -> None:
    file = tmp_path / "house.yaml"
    file.write_text("grace: 3\n")

    with pytest.raises(SettingsError, match=r"grace \(.*house.yaml\) is not a setting; the nearest is grace_s"):
        read(CONFIG_FILE=str(file), KIND="brick")


def test_a_variable_of_another_prefix_is_nobodys_business() -> None:
    assert load(House, prefix=PREFIX, environ={"TEST_HOUSEPORT": "x", f"{PREFIX}KIND": "brick"}).kind == "brick"


def test_an_empty_variable_counts_as_not_set() -> None:
    assert read(KIND="brick", PORT="").port == 50051


def test_lists_and_mappings_are_written_as_yaml() -> None:
    house = read(KIND="brick", NAMES="[hall, attic]", LIMITS='{"hall": 3}')

    assert (house.names, house.limits) == (("hall", "attic"), {"hall": 3})


def test_a_list_that_is_no_yaml_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="TEST_HOUSE_NAMES holds neither"):
        read(KIND="brick", NAMES="[hall")


def test_a_wrong_value_is_refused_by_name_and_stays_out_of_the_text() -> None:
    with pytest.raises(SettingsError, match="TEST_HOUSE_PORT: ") as caught:
        read(KIND="brick", PORT="secret")

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("content", ["[1, 2]", "port: [", ":"])
def test_a_file_that_holds_no_mapping_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "house.yaml"
    file.write_text(content)

    with pytest.raises(SettingsError, match=r"house\.yaml|KIND"):
        read(CONFIG_FILE=str(file))


def test_a_file_that_is_no_yaml_is_refused_by_place_and_stays_out_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text('port: 1\nredis_url: "redis://u:hunter2@h\n')

    with pytest.raises(SettingsError, match=r"is not YAML, line \d") as refused:
        load(ServiceSettings, prefix="T_", environ={"T_CONFIG_FILE": str(file)})

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("seconds", [".inf", ".nan"])
def test_a_time_has_an_end(tmp_path: Path, seconds: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"grace_s: {seconds}\n")

    with pytest.raises(SettingsError, match="T_GRACE_S"):
        load(ServiceSettings, prefix="T_", environ={"T_CONFIG_FILE": str(file)})


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "house.yaml"
    file.write_text("")

    assert read(CONFIG_FILE=str(file), KIND="brick").port == 50051


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read(CONFIG_FILE=str(tmp_path / "none.yaml"))


def test_the_collectors_standard_variable_is_honoured_after_our_own() -> None:
    standard = {settings.OTLP_VARIABLE: "http://a:4317", f"{PREFIX}KIND": "brick"}

    assert load(House, prefix=PREFIX, environ=standard).otlp_endpoint == "http://a:4317"
    own = {**standard, f"{PREFIX}OTLP_ENDPOINT": "http://b:4317"}
    assert load(House, prefix=PREFIX, environ=own).otlp_endpoint == "http://b:4317"


def test_settings_do_not_change_after_they_are_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read(KIND="brick").port = 1


def test_a_certificate_without_its_key_is_refused() -> None:
    with pytest.raises(SettingsError, match="come together"):
        read(KIND="brick", TLS_CERTIFICATE="c.pem")


def test_asking_clients_for_certificates_needs_roots() -> None:
    with pytest.raises(SettingsError, match="tls_require_client needs"):
        read(KIND="brick", TLS_CERTIFICATE="c.pem", TLS_KEY="k.pem", TLS_REQUIRE_CLIENT="true")


def test_a_client_file_set_has_both_halves_or_none() -> None:
    with pytest.raises(ValueError, match="come together"):
        TlsFiles(certificate=Path("c.pem"))


def test_tls_is_off_without_a_certificate_and_whole_with_one() -> None:
    assert ServiceSettings().tls is None
    on = ServiceSettings(tls_certificate=Path("c.pem"), tls_key=Path("k.pem"))
    assert on.tls == TlsFiles(certificate=Path("c.pem"), key=Path("k.pem"))


def test_the_table_has_a_row_for_each_setting_and_is_always_the_same() -> None:
    table = describe(House, prefix=PREFIX)

    assert all(f"| `{PREFIX}{name.upper()}` |" in table for name in House.model_fields)
    assert "| `TEST_HOUSE_KIND` | text | required | Which kind of house. |" in table
    assert "| `TEST_HOUSE_PORT` | integer | `50051` | Port. |" in table
    assert "| `TEST_HOUSE_WORKERS` | integer | CPUs, at most 4 |" in table
    assert "| `TEST_HOUSE_REFLECTION` | true/false | `false` |" in table
    assert "Names \\| of rooms." in table
    assert table == describe(House, prefix=PREFIX)


def test_every_setting_of_the_chassis_says_what_it_is() -> None:
    assert all(field.description for field in ServiceSettings.model_fields.values())


@pytest.mark.parametrize(
    "endpoint", ["http://a:4317", "https://a.b-c:1", "a_b:4317", "[::1]:4317", "http://[::1]:4317/", "10.0.0.1:4317"]
)
def test_a_collectors_address_has_a_host_and_a_port(endpoint: str) -> None:
    assert read(KIND="brick", OTLP_ENDPOINT=endpoint).otlp_endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint", ["a", "http://a", "grpc://a:1", "http://a:1/v1/traces", "http://me:hush@a:1", "a:b"]
)
def test_another_form_of_the_collectors_address_is_refused_with_the_right_one(endpoint: str) -> None:
    with pytest.raises(SettingsError, match=r"TEST_HOUSE_OTLP_ENDPOINT: .* http://host:port") as caught:
        read(KIND="brick", OTLP_ENDPOINT=endpoint)

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(("age", "good"), [("0", True), ("1", True), ("3600", True), ("0.5", False), ("-1", False)])
def test_a_connections_age_is_at_least_a_second_or_for_ever(age: str, good: bool) -> None:
    if good:
        assert read(KIND="brick", CONNECTION_AGE_S=age).connection_age_s == float(age)
    else:
        with pytest.raises(SettingsError, match="TEST_HOUSE_CONNECTION_AGE_S"):
            read(KIND="brick", CONNECTION_AGE_S=age)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"REDIS_URL": "redis://:hush@a", "REDIS_URL_FILE": "f"}, "redis_url and redis_url_file say the same thing"),
        ({"REDIS_PASSWORD_FILE": "f"}, "redis_password_file needs redis_url or redis_url_file"),
        ({"REDIS_TLS_AUTHORITIES": "f"}, "redis_tls_authorities needs redis_url or redis_url_file"),
        ({"REDIS_URL": "redis://a", "REDIS_USERNAME": "me"}, "redis_username needs redis_password_file"),
        ({"REDIS_URL": "http://:hush@a"}, "TEST_HOUSE_REDIS_URL: "),
        ({"REDIS_MODE": "ring"}, "TEST_HOUSE_REDIS_MODE: "),
    ],
)
def test_halves_of_a_redis_are_refused(variables: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        read(KIND="brick", **variables)

    assert "hush" not in str(caught.value)
