"""A good rule file that uses most of what the language has."""

GOOD = """\
title: Home number from abroad
id: 0f4f0d3e-0000-4000-8000-000000000001
name: home-from-abroad
status: stable
description: |
  A number of the home country arrives on an international trunk.
references: [https://example.org/a]
author: Fraud desk
date: 2026-11-01
modified: '2026-11-02'
tags: [telecom.spoofing]
level: high
falsepositives: [Roamers whose look-up failed]
related:
  - {id: 0f4f0d3e-0000-4000-8000-000000000009, type: derived}
license: MIT
taxonomy: sigma
fields: [calling.e164, ingress]
scope: [gateway]
logsource: {product: telecom, category: call_setup}
detection:
  abroad:
    ingress: international
    calling.country|expand: '%home%'
    roaming: 'no'
  forged:
    - attestation|neq: A
    - verstat: [TN-Validation-Failed, null]
    - calling_party_number|startswith: ['+86?', '0086']
      display_name|contains|all: [bank, police]
    - calling.e164|fieldref: called.e164
      shared_prefix|gte: 5
      shared_prefix|lt: 9
    - source_ip|cidr: 192.0.2.0/24
    - user_agent|re: '^friendly-[a-z]+'
    - text|cased|endswith: 'Bank*A'
    - origid|exists: false
      self_call: false
  filter_known:
    calling_party_number|expand: '%known-good%'
  condition: abroad and forged and not 1 of filter_*
callguard:
  score: 90
  verdict: block
  basis: deterministic
  alert: true
  examples:
    matches:
      - {event: setup, at: 1, calling_party_number: '+8613800138000',
         called_party_number: '+8613900139000', ingress: international, roaming: 'no'}
    spares:
      - {event: setup, at: '2026-11-01T00:00:00Z', called_party_number: '110', cause: 16}
---
title: Many
id: 0f4f0d3e-0000-4000-8000-000000000002
name: many-from-abroad
status: test
correlation:
  type: value_count
  rules: [home-from-abroad]
  group-by: [calling.e164]
  timespan: 10m
  condition: {gte: 3, field: called_party_number}
  generate: true
callguard:
  verdict: withhold
  examples:
    matches:
      - - {event: setup, at: 1, called_party_number: '+8613900139000',
           repeat: {count: 3, every_s: 1.5, vary: [called_party_number]}}
    spares:
      - - {event: setup, at: 1, called_party_number: '110'}
---
title: One after the other
id: 0f4f0d3e-0000-4000-8000-000000000003
name: one-after-the-other
status: experimental
correlation:
  type: temporal_ordered
  rules: [home-from-abroad, other]
  group-by: [called.e164]
  timespan: 1h
---
title: Other
id: 0f4f0d3e-0000-4000-8000-000000000004
name: other
status: experimental
logsource: {product: telecom, category: sms}
detection:
  sel: {text|contains: transfer}
  condition: sel
"""
