"""Which addresses are public: judged by what a name resolves to, never by how it is written."""

from __future__ import annotations

import ipaddress

import pytest

from gateway.core.fetching import AddressRefused, Policy, is_public

ELSEWHERE = [
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "fec0::1",
    "100.64.0.1",
    "100.127.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001::1",
    "2001:db8::1",
    "100::1",
    "3fff::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_an_address_that_is_not_a_public_machine_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        Policy().choose([address])


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_passes(address: str) -> None:
    assert Policy().choose([address]) == str(ipaddress.ip_address(address))


def test_a_name_with_a_public_and_a_private_address_is_refused() -> None:
    with pytest.raises(AddressRefused):
        Policy().choose(["1.1.1.1", "10.0.0.1"])


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(AddressRefused):
        Policy().choose([])


def test_the_first_of_several_public_addresses_is_taken() -> None:
    assert Policy().choose(["1.1.1.1", "8.8.8.8"]) == "1.1.1.1"


def test_only_the_permitted_network_is_excepted() -> None:
    policy = Policy(permitted=(ipaddress.ip_network("127.0.0.0/8"),))

    assert policy.choose(["127.0.0.1"]) == "127.0.0.1"
    with pytest.raises(AddressRefused):
        policy.choose(["10.0.0.1"])


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ({"scheme": "file"}, "scheme file"),
        ({"scheme": "ftp"}, "scheme ftp"),
        ({"scheme": "gopher"}, "scheme gopher"),
        ({"scheme": ""}, "scheme none"),
        ({"host": ""}, "no host"),
        ({"port": 22}, "port 22"),
        ({"port": 0}, "port 0"),
        ({"port": 6379}, "port 6379"),
        ({"user": "me:secret"}, "user name"),
    ],
)
def test_a_place_that_is_not_asked_is_refused_before_its_name_is_looked_up(
    place: dict[str, object], found: str
) -> None:
    asked = {"scheme": "https", "host": "example.com", "port": 443, "user": ""} | place

    with pytest.raises(AddressRefused) as caught:
        Policy().check_name(**asked)
    assert found in caught.value.found
    assert "secret" not in str(caught.value)


def test_an_operator_may_name_the_only_hosts() -> None:
    policy = Policy(hosts=frozenset({"images.example.com"}))

    policy.check_name(scheme="https", host="Images.Example.com.", port=443, user="")
    with pytest.raises(AddressRefused):
        policy.check_name(scheme="https", host="evil.example.com", port=443, user="")


def test_public_is_said_of_global_unicast_only() -> None:
    assert is_public(ipaddress.ip_address("1.1.1.1"))
    assert not is_public(ipaddress.ip_address("224.0.0.1"))
