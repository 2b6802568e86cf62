"""Which formats there are, and which the service may write."""

import pytest

from generator.core.forms import FORMS, CodecPolicy, CodecRefused, settled_format
from generator.core.order import ClipFormat


def test_every_format_has_its_form():
    assert set(FORMS) == set(ClipFormat)
    assert all(form.fps in form.rates for form in FORMS.values())
    assert [form for form in FORMS if FORMS[form].gpl] == [ClipFormat.MP4_H264]


@pytest.mark.parametrize(
    ("policy", "made"), [(CodecPolicy.ANY, ClipFormat.MP4_H264), (CodecPolicy.PERMISSIVE, ClipFormat.MP4_AV1)]
)
def test_a_format_that_is_left_out_is_the_policys_own(policy, made):
    assert settled_format(None, policy) is made


def test_a_permissive_service_refuses_h264_and_names_what_it_takes():
    with pytest.raises(CodecRefused, match="mp4_av1 or webm_vp9") as refused:
        settled_format(ClipFormat.MP4_H264, CodecPolicy.PERMISSIVE)

    assert refused.value.field == "output.format"
    assert "GPL" in refused.value.found


@pytest.mark.parametrize("form", [form for form in ClipFormat if form is not ClipFormat.MP4_H264])
def test_every_other_format_is_made_under_every_policy(form):
    assert {settled_format(form, policy) for policy in CodecPolicy} == {form}


def test_any_policy_makes_h264():
    assert settled_format(ClipFormat.MP4_H264, CodecPolicy.ANY) is ClipFormat.MP4_H264
