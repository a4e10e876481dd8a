// Built by ame_explore/widgets/js/build.js; sources: sha256 9cddb4d9d9c78d38b6e3a3db882fdb7e3721a093e0f10ea2ffe50cf03533e225
"use strict";(()=>{var et=new Set(["svg","path"]),_={text:"textContent",value:"value",checked:"checked"};function d(t,e={},...a){let r=et.has(
t)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",n=document.createElementNS(r,t);n.append(...a.flat(1/0).filter(
s=>s!=null&&s!==!1));for(let[s,f]of Object.entries(e))f==null||f===!1||(s.startsWith("on")?n.addEventListener(s.slice(2),
f):s in _?n[_[s]]=f:n.setAttribute(s,f===!0?"":String(f)));return n}var T=t=>t.replaceAll("-","−");function B(t,e=3,{signed:a=!1,fine:r=!1}={}){if(typeof t!="number"||!Number.isFinite(t))
return"–";let n;return r&&t!==0&&Math.abs(t)<.1?n=Math.floor(Math.log10(Number(Math.abs(t).toPrecision(2))))<-4?t.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):t.toPrecision(2):n=r&&t===0?"0.0":t.toFixed(e||(Number.isInteger(t)?0:1)),Number(n)===
0?n.replace("-",""):(e===0&&!r&&(n=n.replace(/\B(?=(\d{3})+($|\.))/g,",")),T(a&&t>0?`+${n}`:n))}function nt(t,e=3,{signed:a=!1}={}){
if(typeof t!="number"||!Number.isFinite(t))return"–";if(t===0)return"0";let[r,n]=t.toExponential(e-1).split("e"),s=e-1-
Number(n),f=s>=-3&&s<=e+2?t.toFixed(Math.max(s,0)):`${r}e${Number(n)}`;return T(a&&t>0?`+${f}`:f)}function U(t){return t==
null||t===""?"–":typeof t!="number"?String(t):Number.isInteger(t)&&Math.abs(t)<1e6?T(String(t)):nt(t)}var F=t=>!t.some(e=>e.customdata);function R(t,e,a){if(t.meta?.role==="places")return[];let r=a?e:t.customdata?.[e];return(typeof r==
"object"&&r!==null?Array.from(r):[r]).filter(s=>typeof s=="number"&&Number.isInteger(s)).map(Number)}function q(t,e){let a=F(
e);return[...new Set((t?.points??[]).flatMap(({fullData:r,pointNumber:n})=>R(r,n,a)))]}var K=t=>(t.customdata?.length??0)>0&&t.meta?.role!=="places";function G(t,e){return t.mode==="lines"||t.meta?.role?0:(e?
t.x:t.customdata)?.length??0}function J(t,e,a){let r=[],n=e.size?G(t,a):0;for(let s=0;s<n;s++)R(t,s,a).some(f=>e.has(f))&&
r.push(s);return r}function ot(t,e,a){let r=J(e,a,!1),n=r.length>400?[]:r,s=x=>n.flatMap(m=>[x?.[3*m]??null,x?.[3*m+1]??
null,null]),f=Math.max(.12,Math.min(1,2/Math.sqrt(n.length||1)));return{x:s(t.x),y:s(t.y),opacity:f}}function W(t,e){let a=new Map,
r=F(t);return t.forEach((n,s)=>{let f=n.meta?.role;if(f==="lit")a.set(s,ot(t[s-1],t[s+1],e));else{if(n.visible===!1)return;
f==="segments"?a.set(s,{opacity:e.size?.3:1}):G(n,r)&&a.set(s,{selectedpoints:e.size?J(n,e,r):null})}}),a}function H(t,e,a){
let r=(n,s)=>s.selectedpoints!==void 0?a&&e[n].visible!=="legendonly":s.x?.length===0&&!((e[n].x?.length??0)>0);return new Map(
[...t].filter(([n,s])=>!r(n,s)))}function V(t){let e=[...t.values()],a=[...new Set(e.flatMap(r=>Object.keys(r)))];return[
Object.fromEntries(a.map(r=>[r,e.map(n=>n[r])])),[...t.keys()]]}var L=50,Q=160;function st(t,e){return typeof t=="string"?t.length>Q?`${t.slice(0,Q-1)}…`:t:e?B(t,e.decimals,{fine:e.fine}):
U(t)}var rt="[\\s\\x00-\\x1f\\x7f-\\xa0\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180e\\u200b-\\u200f\\u2028-\\u202f\\u205f-\
\\u206f\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0]",it=new RegExp(`(^|[;\\t\\r\\n|])(${rt}*[=+@\\uff1d\\uff0b\\uff20\\uff0d\
\\u2212-])`,"g");function X(t){if(typeof t!="string")return String(t??"");let e=t.replace(it,"$1'$2");return`"${(/^[\t\r]/.
test(e)?`'${e}`:e).replaceAll('"','""')}"`}function lt({what:[t,e],of:a,others:r,called:n},s,f,x){let m=a&&`, as ${a} ha\
s ${s===1?"it":"them"}`,b=s===0?`No ${t} selected. Click a point or a row, or draw a lasso (its button is at the top rig\
ht of a figure).`:`${s.toLocaleString("en")} ${s===1?t:e} selected${m}${s>L?`, the first ${L} listed.`:"."}`,$=f.length===
1?[`The ${t} ${n[f[0]]??f[0]} is only in ${r}, and not listed here.`]:f.length?[`${f.length.toLocaleString("en")} more a\
re only in ${r}, and not listed here.`]:[];return x&&$.push("To click a point within the outline, change to zoom or pan \
first, or press Clear."),[b,...$]}function ct(t,e,a){if(!a)return new Set(e);let r=new Set(t);for(let n of new Set(e))r.
delete(n)||r.add(n);return r}function Y(t,e,a){let{ids:r,columns:n,formats:s,pictures:f,others:x}=t,m=new Map(r.map((i,l)=>[
i,l])),b=document.getElementById("panel"),$=b.querySelector("output"),Z=b.querySelector(".rows"),k=i=>b.querySelector(`[\
data-do=${i}]`),z=[...document.querySelectorAll("tr[data-ids]")].map(i=>({row:i,mine:(i.dataset.ids??"").split(" ").map(
Number)})),w=Object.keys(n),A=Object.fromEntries(w.map(i=>{let l=o=>n[i].some(o);return[i,l(o=>typeof o=="number")?"numb\
er":l(o=>typeof o=="string"&&o.length>24)?"words":""]})),D=(i,l)=>n[i][m.get(l)??-1]??null,p=new Set,N=null,y=[],S=0,O=i=>i.
layout.selections?.length>0;function v(){let i=[...p].slice(0,L),l=i.some(c=>f[c]),o=c=>d("td",{},f[c]&&d("img",{src:f[c],
alt:`image ${c}`}));return d("table",{},d("thead",{},d("tr",{},l&&d("th",{},"image"),d("th",{},"id"),w.map(c=>d("th",{class:A[c]===
"number"&&"number"},c)))),d("tbody",{},i.map(c=>d("tr",{},l&&o(c),d("td",{},String(c)),w.map(u=>d("td",{class:A[u]},st(D(
u,c),s[u])))))))}function P(i,l){let[o,...c]=lt(t,p.size,i,l);$.replaceChildren(o,...c.map(u=>d("small",{},u)))}function E(i,l=[]){
P(l,!!i);for(let o of["save","clear"])k(o).disabled=p.size===0;Z.replaceChildren(...p.size?[v()]:[]);for(let{row:o,mine:c}of z){
let u=c.some(h=>p.has(h));o.classList.toggle("chosen",u),o.setAttribute("aria-selected",String(u))}if(!i)return j();setTimeout(
j,0,i)}function j(i){S+=1;let l=y.map(o=>{let c=o._fullData,[u,h]=V(H(W(c,p),c,o===i)),tt=o!==i&&O(o)?{selections:[]}:{};
return h.length?e.update(o,u,tt,h):null});Promise.all(l).finally(()=>{S-=1,document.documentElement.dataset.chosen=String(
p.size)})}function g(i,l,o){let c=i.filter(h=>m.has(h)),u=x?i.filter(h=>!m.has(h)):[];if(u.length&&!c.length&&!o)return P(
u,y.some(O));p=ct(p,c,l),E(o,u)}a.then(i=>{y=i.filter(l=>l._fullData.some(o=>o.visible!==!1&&K(o)));for(let l of y){let o=c=>q(
c,l._fullData);l.on("plotly_selected",c=>{if(!(!c||S)){if(N?.figure!==l)return g(o(c),!1,l);setTimeout(g,0,[...N.ids,...o(
c)],!1)}}),l.on("plotly_deselect",()=>{S||g([],!1)}),l.on("plotly_click",c=>g(o(c),!!c?.event?.shiftKey)),l.on("plotly_b\
uttonclicked",()=>setTimeout(E)),l.on("plotly_restyle",()=>{S||setTimeout(E)})}E(),document.documentElement.dataset.linked=
String(y.length)}),addEventListener("mousedown",i=>{let l=y.find(o=>o.contains(i.target));N=i.shiftKey&&p.size&&l&&!O(l)?
{figure:l,ids:[...p]}:null},!0);for(let{row:i,mine:l}of z)i.addEventListener("mousedown",o=>{o.shiftKey&&o.preventDefault()}),
i.addEventListener("click",o=>g(l,o.shiftKey)),i.addEventListener("keydown",o=>{o.key!=="Enter"&&o.key!==" "||(o.preventDefault(),
g(l,o.shiftKey))});k("clear").addEventListener("click",()=>g([],!1)),k("save").addEventListener("click",()=>{let i=[["id",
...w].map(X),...[...p].map(c=>[String(c),...w.map(u=>X(D(u,c)))])],l=new Blob([i.map(c=>c.join(",")).join(`\r
`)],{type:"text/csv"}),o=d("a",{href:URL.createObjectURL(l),download:"selection.csv"});o.click(),setTimeout(()=>URL.revokeObjectURL(
o.href),1e3)}),E()}var{Plotly:M}=globalThis,C=document.getElementById("linked-data"),at=C?["autoScale2d"]:["lasso2d","select2d","autoScale2\
d"],I=[];for(let t of document.querySelectorAll(".figure-data")){let e=t.dataset.for??"",{data:a,layout:r}=JSON.parse(t.
textContent??""),n=document.getElementById(e),f={responsive:!0,displaylogo:!1,showSendToCloud:!1,modeBarButtonsToRemove:at,
toImageButtonOptions:{format:"png",scale:2,filename:e}};I.push(M.newPlot(n,a,r,f).then(()=>n))}Promise.all(I).then(t=>{document.
documentElement.dataset.drawn=String(t.length),addEventListener("beforeprint",()=>t.forEach(e=>M.relayout(e,{width:1200,
autosize:!1}))),addEventListener("afterprint",()=>t.forEach(e=>M.relayout(e,{width:null,autosize:!0})))});C&&Y(JSON.parse(
C.textContent??""),M,Promise.all(I));})();
